"use strict";
(() => {
const size = (shape) => shape.reduce((n, extent) => n * extent, 1);
const from = (i, n) => (i < 0 ? i + n : i);
const steps = (shape) => shape.map((_, axis) => size(shape.slice(axis + 1)));
const stretchedSteps = (small, large) => {
const missing = large.length - small.length;
const own = steps(small);
return large.map((n, axis) => (small[axis - missing] === n ? own[axis - missing] : 0));
};
const places = (shape, by, start = 0) => {
const all = new Int32Array(size(shape));
const index = shape.map(() => 0);
for (let i = 0; i < all.length; i++) {
all[i] = start;
for (let axis = shape.length - 1; axis >= 0; axis--) {
start += by[axis];
if (++index[axis] < shape[axis]) break;
start -= by[axis] * shape[axis];
index[axis] = 0;
}
}
return all;
};
const groups = (shape, axes) => {
const chosen = axes === null ? null : [axes].flat().map((axis) => from(axis, shape.length));
const isIn = (axis) => chosen === null || chosen.includes(axis);
const all = steps(shape);
const [inside, outside] = [true, false].map((wanted) => shape.map((_, axis) => axis).filter((axis) => isIn(axis) === wanted));
const pick = (list, its) => its.map((axis) => list[axis]);
const starts = places(pick(shape, outside), pick(all, outside));
return [...starts].map((start) => places(pick(shape, inside), pick(all, inside), start));
};
const take = (y, x, at) => () => {
for (let i = 0; i < at.length; i++) y.data[i] = x.data[at[i]];
};
const put = (y, x, at) => () => {
y.data.fill(0);
for (let i = 0; i < at.length; i++) y.data[at[i]] = x.data[i];
};
const add = (y, x, at) => () => {
y.data.fill(0);
for (let i = 0; i < at.length; i++) y.data[at[i]] += x.data[i];
};
const sums = new Float64Array(64);
const total = (n, f) => {
let [sum, blocks] = [0, 0];
for (let i = 0; i < n; i++) {
sum += f(i);
if (i % 8 === 7) {
let level = 0;
for (; (blocks >> level) & 1; level++) sum = sums[level] + sum;
sums[level] = sum;
blocks++;
sum = 0;
}
}
for (let level = 0; blocks >> level; level++) if ((blocks >> level) & 1) sum = sums[level] + sum;
return sum;
};
const mean = (n, f) => {
const rough = total(n, f) / n;
return Number.isFinite(rough) ? rough + total(n, (i) => f(i) - rough) / n : rough;
};
const moments = (n, f) => {
const middle = mean(n, f);
const lacking = total(n, (i) => f(i) - middle) / n;
const variance = total(n, (i) => (f(i) - middle) * (f(i) - middle)) / n - lacking * lacking;
return [middle, variance < 0 ? 0 : variance];
};
const deviation = (n, f) => {
const [middle, variance] = moments(n, f);
let largest = 0;
for (let i = 0; i < n; i++) if (Math.abs(f(i) - middle) > largest) largest = Math.abs(f(i) - middle);
const isSafe = variance >= 1e-280 && variance < 1e280;
if (isSafe || !Number.isFinite(largest) || largest === 0 || Number.isNaN(variance)) return Math.sqrt(variance);
const share = (i) => (f(i) - middle) / largest;
return largest * Math.sqrt(total(n, (i) => share(i) * share(i)) / n);
};
const reduce = (y, x, axes, f) => {
const all = groups(x.shape, axes);
return () => all.forEach((its, at) => { y.data[at] = f(its.length, (i) => x.data[its[i]]); });
};
const fold = (start, f) => (n, x) => {
let result = start;
for (let i = 0; i < n; i++) result = f(result, x(i));
return result;
};
const best = (isBetter) => (a, b) => (Number.isNaN(a) || !(isBetter(b, a) || Number.isNaN(b)) ? a : b);
const largest = fold(-Infinity, best((a, b) => a > b));
const exponentials = (n, x) => {
const max = largest(n, x);
const base = max === -Infinity ? 0 : max;
return [base, fold(0, (sum, x) => sum + Math.exp(x - base))(n, x)];
};
const soft = (y, x, axis, f) => {
const lanes = groups(x.shape, axis);
return () => lanes.forEach((its) => {
const [max, sum] = exponentials(its.length, (i) => x.data[its[i]]);
for (const at of its) y.data[at] = f(max, sum, x.data[at]);
});
};
const pairs = (y, a, b, f) => {
const shape = [];
for (let i = 1; i <= Math.max(a.shape.length, b.shape.length); i++) {
shape.unshift(Math.max(a.shape.at(-i) ?? 1, b.shape.at(-i) ?? 1));
}
const [ofA, ofB] = [a, b].map((x) => places(shape, stretchedSteps(x.shape, shape)));
return () => {
let sum = 0;
for (let i = 0; i < ofA.length; i++) sum += f(a.data[ofA[i]], b.data[ofB[i]]);
y.data[0] = sum / ofA.length;
};
};
const rowwise = (y, x, f) => {
const rows = groups(x.shape, -1);
return () => {
y.data[0] = fold(0, (sum, x) => sum + x)(rows.length, (row) => f(rows[row].length, (i) => x.data[rows[row][i]], row)) / rows.length;
};
};
const isPlace = (i, n) => Number.isInteger(i) && i >= 0 && i < n;
const joined = (whole, pieces, axis) => {
const by = steps(whole);
const along = from(axis, whole.length);
let start = 0;
return pieces.map(({ shape }) => {
const at = places(shape, by, start * by[along]);
start += shape[along];
return at;
});
};
const layerAt = (whole, axis, place) => {
const [by, along] = [steps(whole), from(axis, whole.length)];
const others = (list) => list.filter((_, i) => i !== along);
return places(others(whole), others(by), place * by[along]);
};
const gathered = (shape, ids, axis) => {
const along = from(axis, shape.length);
const [n, inner] = [shape[along], size(shape.slice(along + 1))];
const at = (i) => (Math.floor(i / inner / ids.length) * n + from(ids[Math.floor(i / inner) % ids.length], n)) * inner + (i % inner);
return Int32Array.from({ length: size(shape.slice(0, along)) * ids.length * inner }, (_, i) => at(i));
};
const picked = (shape, picks) => {
const by = steps(shape);
const [extents, kept] = [[], []];
let start = 0;
shape.forEach((n, axis) => {
const pick = picks[axis] ?? [null, null];
if (!Array.isArray(pick)) {
start += from(pick, n) * by[axis];
return;
}
const [first, end] = pick.map((bound, i) => Math.min(Math.max(from(bound ?? i * n, n), 0), n));
start += first * by[axis];
extents.push(Math.max(end - first, 0));
kept.push(by[axis]);
});
return places(extents, kept, start);
};
const sliced = (shape, start, stop, axis) => {
const along = from(axis, shape.length);
return picked(shape, shape.map((_, i) => (i === along ? [start, stop] : [null, null])));
};
const mask = (n, chance, seed) => {
const wrap = (x) => BigInt.asUintN(64, x);
let state = new BigUint64Array(Float64Array.of(seed).buffer)[0];
return Float64Array.from({ length: n }, () => {
state = wrap(state + 0x9e3779b97f4a7c15n);
let z = wrap((state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n);
z = wrap((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
return Number((z ^ (z >> 31n)) >> 11n) / 2 ** 53 < chance ? 0 : 1 / (1 - chance);
});
};
const convolve = (image, filter, result, stride, padding, visit) => {
const [samples, channels, height, width] = image;
const [filters, , high, wide] = filter;
const [, , rows, columns] = result;
let at = 0;
for (let sample = 0; sample < samples; sample++)
for (let out = 0; out < filters; out++)
for (let row = 0; row < rows; row++)
for (let column = 0; column < columns; column++, at++)
for (let channel = 0; channel < channels; channel++)
for (let i = 0; i < high; i++) {
const y = row * stride + i - padding;
if (y < 0 || y >= height) continue;
for (let j = 0; j < wide; j++) {
const x = column * stride + j - padding;
if (x < 0 || x >= width) continue;
visit(((sample * channels + channel) * height + y) * width + x, ((out * channels + channel) * high + i) * wide + j, at);
}
}
};
const windows = (image, result, length, stride) => {
const [by, apart] = [steps(image), stride ?? length];
const moved = by.map((step, axis) => (axis < image.length - 2 ? step : step * apart));
const starts = places(result, moved);
return [...starts].map((start) => places([length, length], by.slice(-2), start));
};
const largestAt = (x, its) => {
let chosen = its[0];
for (const at of its) if (x[at] > x[chosen] || (Number.isNaN(x[at]) && !Number.isNaN(x[chosen]))) chosen = at;
return chosen;
};
const attend = (y, [q, k, v], f) => {
const before = y.shape.slice(0, -2);
const starts = [q, k, v].map(({ shape }) =>
places(before, stretchedSteps(shape.slice(0, -2), before)).map((batch) => batch * size(shape.slice(-2))));
const [n, d] = q.shape.slice(-2);
const keys = k.shape.at(-2);
const scores = new Float64Array(keys);
return () => {
for (let row = 0; row < starts[0].length * n; row++) {
const [query, key, value] = starts.map((its) => its[Math.floor(row / n)]);
for (let j = 0; j < keys; j++) {
let sum = 0;
for (let i = 0; i < d; i++) sum += q.data[query + (row % n) * d + i] * k.data[key + j * d + i];
scores[j] = sum / Math.sqrt(d);
}
const max = largest(keys, (j) => scores[j]);
const sum = fold(0, (sum, x) => sum + Math.exp(x - max))(keys, (j) => scores[j]);
f(row, value, (j) => Math.exp(scores[j] - max) / sum);
}
};
};
const standardize = (y, x, axes, eps, f) => {
const all = groups(x.shape, axes);
return () => all.forEach((its, group) => {
const [middle, variance] = moments(its.length, (i) => x.data[its[i]]);
const width = Math.sqrt(variance + eps);
for (const at of its) y.data[at] = f((x.data[at] - middle) / width, group);
});
};
const bp = {
pow: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : Math.pow(a, b)),
sign: (a) => (a > 0 ? 1 : a < 0 ? -1 : a === 0 ? 0 : a),
round(a) {
const up = Math.round(a);
return up - a === 0.5 && up % 2 ? up - 1 : up;
},
clip(a, lo, hi) {
const raised = a < lo ? lo : a;
return raised > hi ? hi : raised;
},
xlogy: (a, b) => (a === 0 && !Number.isNaN(b) ? 0 : a * Math.log(b)),
erf(x) {
if (!(Math.abs(x) < 1)) return x < 0 ? bp.erfc(-x) - 1 : 1 - bp.erfc(x);
let [sum, term] = [1, 1];
for (let n = 1; term > 1e-17; n++) sum += term *= (2 * x * x) / (2 * n + 1);
return (2 / Math.sqrt(Math.PI)) * x * Math.exp(-x * x) * sum;
},
erfc(x) {
if (x < 1) return x > -1 ? 1 - bp.erf(x) : 2 - bp.erfc(-x);
if (x > 28) return 0;
let fraction = x;
for (let n = Math.ceil(200 / (x * x)) + 8; n > 0; n--) fraction = x + n / 2 / fraction;
const part = Math.fround(x);
return (Math.exp(-part * part) * Math.exp((part - x) * (part + x))) / Math.sqrt(Math.PI) / fraction;
},
sigmoid(x) {
const t = Math.exp(-Math.abs(x));
return x >= 0 ? 1 / (1 + t) : t / (1 + t);
},
softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
relu: (x) => (x <= 0 ? 0 : x),
hardSigmoid: (x) => Math.min(Math.max(x / 6 + 0.5, 0), 1),
leakyRelu: (x, alpha) => (x > 0 ? x : alpha * x),
elu: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
selu: (x) => 1.0507009873554805 * bp.elu(x, 1.6732632423543772),
softsign: (x) => x / (1 + Math.abs(x)),
mish: (x) => x * Math.tanh(bp.softplus(x)),
gelu: (x) => 0.5 * x * bp.erfc(-x / Math.SQRT2),
geluTanh: (x) => x * bp.sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)),
matmul(y, a, b) {
const [m, k] = a.shape.length > 1 ? a.shape.slice(-2) : [1, a.shape[0]];
const n = b.shape.length > 1 ? b.shape.at(-1) : 1;
const before = y.shape.slice(0, y.shape.length - (a.shape.length > 1) - (b.shape.length > 1));
const [ofA, ofB] = [a, b].map(({ shape }) => places(before, stretchedSteps(shape.slice(0, -2), before)));
return () => {
for (let row = 0; row < ofA.length * m; row++) {
const batch = Math.floor(row / m);
const [left, right] = [(ofA[batch] * m + (row % m)) * k, ofB[batch] * k * n];
for (let column = 0; column < n; column++) {
let sum = 0;
for (let i = 0; i < k; i++) sum += a.data[left + i] * b.data[right + i * n + column];
y.data[row * n + column] = sum;
}
}
};
},
outer: (y, a, b) => () => {
for (let i = 0; i < y.data.length; i++) y.data[i] = a.data[Math.floor(i / b.data.length)] * b.data[i % b.data.length];
},
transpose(y, x, axes) {
const by = steps(x.shape);
return take(y, x, places(y.shape, axes ? axes.map((axis) => by.at(axis)) : by.reverse()));
},
transposeBack(y, x, axes) {
const order = axes?.map((axis) => from(axis, x.shape.length));
return bp.transpose(y, x, order?.map((_, axis) => order.indexOf(axis)));
},
swapped(y, x) {
const axes = x.shape.map((_, axis) => axis);
return bp.transpose(y, x, [...axes.slice(0, -2), ...axes.slice(-2).reverse()]);
},
copy: (y, x) => () => y.data.set(x.data),
stretch: (y, x) => take(y, x, places(y.shape, stretchedSteps(x.shape, y.shape))),
sumTo: (y, x) => add(y, x, places(x.shape, stretchedSteps(y.shape, x.shape))),
sum: (y, x, axes) => reduce(y, x, axes, total),
mean: (y, x, axes) => reduce(y, x, axes, mean),
variance: (y, x, axes) => reduce(y, x, axes, (n, f) => moments(n, f)[1]),
std: (y, x, axes) => reduce(y, x, axes, deviation),
norm: (y, x, axes) => reduce(y, x, axes, fold(0, Math.hypot)),
maxAxis: (y, x, axes) => reduce(y, x, axes, largest),
minAxis: (y, x, axes) => reduce(y, x, axes, fold(Infinity, best((a, b) => a < b))),
argmax(y, x, axes) {
const all = groups(x.shape, axes);
return () => all.forEach((its, at) => { y.data[at] = its.indexOf(largestAt(x.data, its)); });
},
logsumexp: (y, x, axes) => reduce(y, x, axes, (n, f) => {
const [max, sum] = exponentials(n, f);
return max === Infinity ? max : max + Math.log(sum);
}),
cumsum(y, x, axis) {
const lanes = groups(x.shape, axis);
return () => lanes.forEach((its) => its.reduce((sum, at) => (y.data[at] = sum + x.data[at]), 0));
},
cumsumBack(y, x, axis) {
const lanes = groups(y.shape, axis);
return () => lanes.forEach((its) => its.reduceRight((sum, at) => (y.data[at] = sum + x.data[at]), 0));
},
spread(y, x, axes) {
const all = groups(y.shape, axes);
return () => all.forEach((its, group) => { for (const at of its) y.data[at] = x.data[group]; });
},
count: (y, x, axes) => () => { y.data[0] = groups(x.shape, axes)[0].length; },
concat(y, pieces, axis) {
const at = joined(y.shape, pieces, axis);
return () => pieces.forEach(({ data }, i) => at[i].forEach((to, j) => { y.data[to] = data[j]; }));
},
part: (y, [x, ...likes], axis, place) => take(y, x, joined(x.shape, likes, axis)[place]),
whole: (y, [x, ...likes], axis, place) => put(y, x, joined(y.shape, likes, axis)[place]),
stack(y, pieces, axis) {
const at = pieces.map((_, place) => layerAt(y.shape, axis, place));
return () => pieces.forEach(({ data }, i) => at[i].forEach((to, j) => { y.data[to] = data[j]; }));
},
layer: (y, x, axis, place) => take(y, x, layerAt(x.shape, axis, place)),
unlayer: (y, x, axis, place) => put(y, x, layerAt(y.shape, axis, place)),
index: (y, x, ids, axis) => take(y, x, gathered(x.shape, ids, axis)),
scatter: (y, x, ids, axis) => add(y, x, gathered(y.shape, ids, axis)),
pick: (y, x, picks) => take(y, x, picked(x.shape, picks)),
putBack: (y, x, picks) => put(y, x, picked(y.shape, picks)),
slice: (y, x, start, stop, axis) => take(y, x, sliced(x.shape, start, stop, axis)),
sliceBack: (y, x, start, stop, axis) => put(y, x, sliced(y.shape, start, stop, axis)),
oneHot(y, x) {
const n = y.shape.at(-1);
return () => {
y.data.fill(0);
x.data.forEach((label, row) => {
const at = Math.max(Math.trunc(label), 0) || 0;
if (at < n) y.data[row * n + at] = 1;
});
};
},
softmax: (y, x, axis) => soft(y, x, axis, (max, sum, x) => Math.exp(x - max) / sum),
logSoftmax: (y, x, axis) => soft(y, x, axis, (max, sum, x) => x - max - Math.log(sum)),
standardized: (y, x, axes, eps) => standardize(y, x, axes, eps, (z) => z),
deviation: (y, x, axes, eps) => reduce(y, x, axes, (n, f) => Math.sqrt(moments(n, f)[1] + eps)),
layernorm(y, x, gain, bias, eps) {
const numbers = standardize(y, x, -1, eps, (z) => z);
const [gains, biases] = [gain, bias].map(({ shape }) => places(y.shape, stretchedSteps(shape, y.shape)));
return () => {
numbers();
for (let i = 0; i < y.data.length; i++) y.data[i] = y.data[i] * gain.data[gains[i]] + bias.data[biases[i]];
};
},
batchnorm: (y, x, gain, bias, eps) =>
standardize(y, x, [0, 2, 3].filter((axis) => axis < x.shape.length), eps, (z, c) => z * gain.data[c] + bias.data[c]),
dropout(y, x, chance, seed) {
const kept = mask(y.data.length, chance, seed);
return () => kept.forEach((share, i) => { y.data[i] = share === 0 ? 0 : share * x.data[i]; });
},
dropoutMask: (y, chance, seed) => () => y.data.set(mask(y.data.length, chance, seed)),
embedding(y, w, ids) {
const [rows, width] = w.shape;
return () => ids.data.forEach((id, row) => {
for (let i = 0; i < width; i++) y.data[row * width + i] = isPlace(id, rows) ? w.data[id * width + i] : NaN;
});
},
embeddingBack(y, x, ids) {
const [rows, width] = y.shape;
return () => {
y.data.fill(0);
ids.data.forEach((id, row) => {
if (isPlace(id, rows)) for (let i = 0; i < width; i++) y.data[id * width + i] += x.data[row * width + i];
});
};
},
attention(y, q, k, v) {
const [keys, width] = v.shape.slice(-2);
return attend(y, [q, k, v], (row, value, weight) => {
y.data.fill(0, row * width, (row + 1) * width);
for (let j = 0; j < keys; j++) {
const share = weight(j);
for (let i = 0; i < width; i++) y.data[row * width + i] += share * v.data[value + j * width + i];
}
});
},
attentionWeights(y, q, k) {
const keys = k.shape.at(-2);
return attend(y, [q, k, k], (row, _, weight) => {
for (let j = 0; j < keys; j++) y.data[row * keys + j] = weight(j);
});
},
conv2d: (y, x, w, stride, padding) => () => {
y.data.fill(0);
convolve(x.shape, w.shape, y.shape, stride, padding, (image, weight, result) => {
y.data[result] += x.data[image] * w.data[weight];
});
},
conv2dImage: (y, x, w, stride, padding) => () => {
y.data.fill(0);
convolve(y.shape, w.shape, x.shape, stride, padding, (image, weight, result) => {
y.data[image] += x.data[result] * w.data[weight];
});
},
conv2dWeight: (y, g, x, stride, padding) => () => {
y.data.fill(0);
convolve(x.shape, y.shape, g.shape, stride, padding, (image, weight, result) => {
y.data[weight] += g.data[result] * x.data[image];
});
},
maxpool(y, x, of, length, stride) {
const all = windows(of.shape, y.shape, length, stride);
return () => all.forEach((its, at) => { y.data[at] = x.data[largestAt(of.data, its)]; });
},
maxpoolBack(y, x, of, length, stride) {
const all = windows(y.shape, x.shape, length, stride);
return () => {
y.data.fill(0);
all.forEach((its, at) => { y.data[largestAt(of.data, its)] += x.data[at]; });
};
},
avgpool(y, x, length, stride) {
const all = windows(x.shape, y.shape, length, stride);
return () => all.forEach((its, at) => { y.data[at] = its.reduce((sum, place) => sum + x.data[place], 0) / length ** 2; });
},
avgpoolBack(y, x, length, stride) {
const all = windows(y.shape, x.shape, length, stride);
return () => {
y.data.fill(0);
all.forEach((its, at) => { for (const place of its) y.data[place] += x.data[at] / length ** 2; });
};
},
mse: (y, a, b) => pairs(y, a, b, (a, b) => (a - b) * (a - b)),
mae: (y, a, b) => pairs(y, a, b, (a, b) => Math.abs(a - b)),
huber: (y, a, b, delta) => pairs(y, a, b, (a, b) => {
const d = Math.abs(a - b);
return d <= delta ? 0.5 * d * d : delta * (d - 0.5 * delta);
}),
bce(y, p, t) {
const term = (t, p) => (t === 0 ? 0 : t * Math.log(p));
return pairs(y, p, t, (p, t) => 0 - term(t, p) - term(1 - t, 1 - p));
},
bceWithLogits: (y, z, t) => pairs(y, z, t, (z, t) => Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z)))),
crossEntropy: (y, z, labels) => rowwise(y, z, (n, x, row) => {
const [max, sum] = exponentials(n, x);
const label = labels.data[row];
return isPlace(label, n) ? max - x(label) + Math.log(sum) : NaN;
}),
softmaxCrossEntropy: (y, z, onehot) => rowwise(y, z, (n, x, row) => {
const [max, sum] = exponentials(n, x);
const logSum = max + Math.log(sum);
const share = (i) => onehot.data[row * n + i];
return fold(0, (sum, x) => sum + x)(n, (i) => (share(i) === 0 ? 0 : share(i) * (logSum - x(i))));
}),
svmLoss: (y, s, labels, delta) => rowwise(y, s, (n, x, row) => {
const label = labels.data[row];
if (!isPlace(label, n)) return NaN;
const missing = (i) => (i === label || x(i) - x(label) + delta <= 0 ? 0 : x(i) - x(label) + delta);
return fold(0, (sum, x) => sum + x)(n, missing);
}),
violations(y, s, labels, delta) {
const n = y.shape.at(-1);
return () => labels.data.forEach((label, row) => {
const first = row * n;
if (!isPlace(label, n)) return void y.data.fill(NaN, first, first + n);
for (let i = 0; i < n; i++) y.data[first + i] = i !== label && s.data[first + i] - s.data[first + label] + delta > 0 ? 1 : 0;
y.data[first + label] = -fold(0, (sum, x) => sum + x)(n, (i) => y.data[first + i]);
});
},
rows: (y, x) => () => { y.data[0] = size(x.shape.slice(0, -1)); },
};
const each = {
"+": (p) => (a, b) => a + b,
"-": (p) => (a, b) => a - b,
"*": (p) => (a, b) => a * b,
"/": (p) => (a, b) => a / b,
"^": (p) => (a, b) => bp.pow(a, b),
"neg": (p) => (a) => -a,
"max": (p) => (a, b) => Math.max(a, b),
"min": (p) => (a, b) => Math.min(a, b),
"where": (p) => (a, b, c) => (a !== 0 ? b : c),
">": (p) => (a, b) => Number(a > b),
">=": (p) => (a, b) => Number(a >= b),
"<": (p) => (a, b) => Number(a < b),
"<=": (p) => (a, b) => Number(a <= b),
"==": (p) => (a, b) => Number(a === b),
"identity": (p) => (a) => a,
"reciprocal": (p) => (a) => 1 / a,
"square": (p) => (a) => a * a,
"sqrt": (p) => (a) => Math.sqrt(a),
"cbrt": (p) => (a) => Math.cbrt(a),
"exp": (p) => (a) => Math.exp(a),
"expm1": (p) => (a) => Math.expm1(a),
"log": (p) => (a) => Math.log(a),
"log1p": (p) => (a) => Math.log1p(a),
"sin": (p) => (a) => Math.sin(a),
"cos": (p) => (a) => Math.cos(a),
"tan": (p) => (a) => Math.tan(a),
"asin": (p) => (a) => Math.asin(a),
"acos": (p) => (a) => Math.acos(a),
"atan": (p) => (a) => Math.atan(a),
"atan2": (p) => (a, b) => Math.atan2(a, b),
"sinh": (p) => (a) => Math.sinh(a),
"cosh": (p) => (a) => Math.cosh(a),
"tanh": (p) => (a) => Math.tanh(a),
"abs": (p) => (a) => Math.abs(a),
"sign": (p) => (a) => bp.sign(a),
"floor": (p) => (a) => Math.floor(a),
"round": (p) => (a) => bp.round(a),
"clip": (p) => (a) => bp.clip(a, p[0], p[1]),
"hypot": (p) => (a, b) => Math.hypot(a, b),
"erf": (p) => (a) => bp.erf(a),
"erfc": (p) => (a) => bp.erfc(a),
"xlogy": (p) => (a, b) => bp.xlogy(a, b),
"sigmoid": (p) => (a) => bp.sigmoid(a),
"log_sigmoid": (p) => (a) => -bp.softplus(-a),
"hard_sigmoid": (p) => (a) => bp.hardSigmoid(a),
"relu": (p) => (a) => bp.relu(a),
"leaky_relu": (p) => (a) => bp.leakyRelu(a, p[0]),
"elu": (p) => (a) => bp.elu(a, p[0]),
"selu": (p) => (a) => bp.selu(a),
"softplus": (p) => (a) => bp.softplus(a),
"softsign": (p) => (a) => bp.softsign(a),
"silu": (p) => (a) => a * bp.sigmoid(a),
"mish": (p) => (a) => bp.mish(a),
"gelu": (p) => (a) => bp.gelu(a),
"gelu_tanh": (p) => (a) => bp.geluTanh(a),
};
const whole = {
"@": (y, x, p) => bp.matmul(y, x[0], x[1]),
"dot": (y, x, p) => bp.matmul(y, x[0], x[1]),
"outer": (y, x, p) => bp.outer(y, x[0], x[1]),
"transpose": (y, x, p) => bp.transpose(y, x[0], p[0]),
"transpose_back": (y, x, p) => bp.transposeBack(y, x[0], p[0]),
"swapped": (y, x, p) => bp.swapped(y, x[0]),
"column": (y, x, p) => bp.copy(y, x[0]),
"row": (y, x, p) => bp.copy(y, x[0]),
"sum": (y, x, p) => bp.sum(y, x[0], p[0]),
"mean": (y, x, p) => bp.mean(y, x[0], p[0]),
"var": (y, x, p) => bp.variance(y, x[0], p[0]),
"std": (y, x, p) => bp.std(y, x[0], p[0]),
"norm": (y, x, p) => bp.norm(y, x[0], p[0]),
"max_axis": (y, x, p) => bp.maxAxis(y, x[0], p[0]),
"min_axis": (y, x, p) => bp.minAxis(y, x[0], p[0]),
"argmax": (y, x, p) => bp.argmax(y, x[0], p[0]),
"cumsum": (y, x, p) => bp.cumsum(y, x[0], p[0]),
"cumsum_back": (y, x, p) => bp.cumsumBack(y, x[0], p[0]),
"spread": (y, x, p) => bp.spread(y, x[0], p[0]),
"sum_to": (y, x, p) => bp.sumTo(y, x[0]),
"stretch": (y, x, p) => bp.stretch(y, x[0]),
"count": (y, x, p) => bp.count(y, x[0], p[0]),
"reshape": (y, x, p) => bp.copy(y, x[0]),
"broadcast_to": (y, x, p) => bp.stretch(y, x[0]),
"concat": (y, x, p) => bp.concat(y, x, p[0]),
"stack": (y, x, p) => bp.stack(y, x, p[0]),
"index": (y, x, p) => bp.index(y, x[0], p[0], p[1]),
"one_hot": (y, x, p) => bp.oneHot(y, x[0]),
"reshape_as": (y, x, p) => bp.copy(y, x[0]),
"part": (y, x, p) => bp.part(y, x, p[0], p[1]),
"whole": (y, x, p) => bp.whole(y, x, p[0], p[1]),
"layer": (y, x, p) => bp.layer(y, x[0], p[0], p[1]),
"unlayer": (y, x, p) => bp.unlayer(y, x[0], p[0], p[1]),
"scatter": (y, x, p) => bp.scatter(y, x[0], p[0], p[1]),
"[]": (y, x, p) => bp.pick(y, x[0], p[0]),
"put_back": (y, x, p) => bp.putBack(y, x[0], p[0]),
"elem": (y, x, p) => bp.pick(y, x[0], p[0]),
"slice": (y, x, p) => bp.slice(y, x[0], p[0], p[1], p[2]),
"elem_back": (y, x, p) => bp.putBack(y, x[0], p[0]),
"slice_back": (y, x, p) => bp.sliceBack(y, x[0], p[0], p[1], p[2]),
"softmax": (y, x, p) => bp.softmax(y, x[0], p[0]),
"log_softmax": (y, x, p) => bp.logSoftmax(y, x[0], p[0]),
"logsumexp": (y, x, p) => bp.logsumexp(y, x[0], p[0]),
"layernorm": (y, x, p) => bp.layernorm(y, x[0], x[1], x[2], p[0]),
"batchnorm": (y, x, p) => bp.batchnorm(y, x[0], x[1], x[2], p[0]),
"dropout": (y, x, p) => bp.dropout(y, x[0], p[0], p[1]),
"embedding": (y, x, p) => bp.embedding(y, x[0], x[1]),
"attention": (y, x, p) => bp.attention(y, x[0], x[1], x[2]),
"standardized": (y, x, p) => bp.standardized(y, x[0], p[0], p[1]),
"deviation": (y, x, p) => bp.deviation(y, x[0], p[0], p[1]),
"per_channel": (y, x, p) => bp.copy(y, x[0]),
"dropout_mask": (y, x, p) => bp.dropoutMask(y, p[0], p[1]),
"embedding_back": (y, x, p) => bp.embeddingBack(y, x[0], x[1]),
"attention_weights": (y, x, p) => bp.attentionWeights(y, x[0], x[1]),
"conv2d": (y, x, p) => bp.conv2d(y, x[0], x[1], p[0], p[1]),
"maxpool2d": (y, x, p) => bp.maxpool(y, x[0], x[0], p[0], p[1]),
"avgpool2d": (y, x, p) => bp.avgpool(y, x[0], p[0], p[1]),
"conv2d_image": (y, x, p) => bp.conv2dImage(y, x[0], x[1], p[0], p[1]),
"conv2d_weight": (y, x, p) => bp.conv2dWeight(y, x[0], x[1], p[0], p[1]),
"maxpool_back": (y, x, p) => bp.maxpoolBack(y, x[0], x[1], p[0], p[1]),
"maxpool_take": (y, x, p) => bp.maxpool(y, x[0], x[1], p[0], p[1]),
"avgpool_back": (y, x, p) => bp.avgpoolBack(y, x[0], p[0], p[1]),
"mse": (y, x, p) => bp.mse(y, x[0], x[1]),
"mae": (y, x, p) => bp.mae(y, x[0], x[1]),
"huber": (y, x, p) => bp.huber(y, x[0], x[1], p[0]),
"cross_entropy": (y, x, p) => bp.crossEntropy(y, x[0], x[1]),
"softmax_cross_entropy": (y, x, p) => bp.softmaxCrossEntropy(y, x[0], x[1]),
"bce": (y, x, p) => bp.bce(y, x[0], x[1]),
"bce_with_logits": (y, x, p) => bp.bceWithLogits(y, x[0], x[1]),
"svm_loss": (y, x, p) => bp.svmLoss(y, x[0], x[1], p[0]),
"one_hot_like": (y, x, p) => bp.oneHot(y, x[0]),
"rows": (y, x, p) => bp.rows(y, x[0]),
"violations": (y, x, p) => bp.violations(y, x[0], x[1], p[0]),
};
const manyNumbers = (f, y, operands) => {
const [a, b, c] = operands;
const [da, db, dc] = operands.map(({ length }) => (length === y.length ? 1 : 0));
const n = y.length;
if (operands.length === 1) return () => { for (let i = 0; i < n; i++) y[i] = f(a[i * da]); };
if (operands.length === 2) return () => { for (let i = 0; i < n; i++) y[i] = f(a[i * da], b[i * db]); };
return () => { for (let i = 0; i < n; i++) y[i] = f(a[i * da], b[i * db], c[i * dc]); };
};
const oneNumber = (memory, f, y, [a, b, c]) => {
if (b === undefined) return () => { memory[y] = f(memory[a]); };
if (c === undefined) return () => { memory[y] = f(memory[a], memory[b]); };
return () => { memory[y] = f(memory[a], memory[b], memory[c]); };
};
const readTape = ({ shapes, ops, given, steps }) => {
const slots = [...given.map(([shape]) => shape), ...steps.map(([, shape]) => shape)];
const sizes = shapes.map(size);
let room = 0;
const starts = slots.map((shape) => (room += sizes[shape]) - sizes[shape]);
const memory = new Float64Array(room);
const views = [];
const value = (slot) => (views[slot] ??= {
shape: shapes[slots[slot]],
data: memory.subarray(starts[slot], starts[slot] + sizes[slots[slot]]),
});
given.forEach(([, ...numbers], slot) => {
if (numbers.length === 1) value(slot).data.fill(Number(numbers[0]));
else value(slot).data.set(numbers.map(Number));
});
const work = [];
const stretched = (operand, shape) => {
const { data } = value(operand);
if (data.length === size(shape) || data.length === 1) return data;
const large = { shape, data: new Float64Array(size(shape)) };
work.push(bp.stretch(large, value(operand)));
return large.data;
};
steps.forEach(([op, shape, operands, attributes = []], i) => {
const slot = given.length + i;
const name = ops[op];
const attrs = attributes.map((attr) => (typeof attr === "string" ? Number(attr) : attr));
if (Object.hasOwn(whole, name)) {
work.push(whole[name](value(slot), operands.map(value), attrs));
} else if (sizes[shape] === 1) {
work.push(oneNumber(memory, each[name](attrs), starts[slot], operands.map((operand) => starts[operand])));
} else {
const all = operands.map((operand) => stretched(operand, shapes[shape]));
work.push(manyNumbers(each[name](attrs), value(slot).data, all));
}
});
const run = () => {
for (let i = 0; i < work.length; i++) work[i]();
};
run();
return {
slots: slots.length,
set(slot, i, x) {
memory[starts[slot] + i] = x;
},
run,
value,
};
};
globalThis.bpdoc ??= {};
globalThis.bpdoc.tape = (json) => readTape(typeof json === "string" ? JSON.parse(json) : json);
})();
