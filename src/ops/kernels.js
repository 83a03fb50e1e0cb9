// The op table's kernels for the browser, as functions that the rows' spellings in JavaScript call. They keep to the
// kernels in Rust: the same conventions at kinks, the same order of sums, the same ways around overflow and lost digits.
//
// A function of an element-wise op takes and gives numbers. Any other gets tensors, { shape, data }, the result first;
// it finds out once which places of the data belong together, and gives back the function that computes the result.

const size = (shape) => shape.reduce((n, extent) => n * extent, 1);
const from = (i, n) => (i < 0 ? i + n : i);

// How far apart neighbours along each axis lie.
const steps = (shape) => shape.map((_, axis) => size(shape.slice(axis + 1)));

// The same for a tensor walked in a shape that it broadcasts to: 0 along an axis that is stretched.
const stretchedSteps = (small, large) => {
  const missing = large.length - small.length;
  const own = steps(small);
  return large.map((n, axis) => (small[axis - missing] === n ? own[axis - missing] : 0));
};

// Where the elements of a shape lie, in row-major order, with these steps.
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

// The places of the elements that differ only along some axes, one axis, or all of them: a list for each group, in the
// order of a reduction's result.
const groups = (shape, axes) => {
  const chosen = axes === null ? null : [axes].flat().map((axis) => from(axis, shape.length));
  const isIn = (axis) => chosen === null || chosen.includes(axis);
  const all = steps(shape);
  const [inside, outside] = [true, false].map((wanted) => shape.map((_, axis) => axis).filter((axis) => isIn(axis) === wanted));
  const pick = (list, its) => its.map((axis) => list[axis]);
  const starts = places(pick(shape, outside), pick(all, outside));
  return [...starts].map((start) => places(pick(shape, inside), pick(all, inside), start));
};

// y[i] = x[at[i]], and the ways back: put where it came from among zeros, or added up there.
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

// The sum of f(0) … f(n − 1): blocks of eight, added two by two (Higham 1993).
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
// The mean and the variance (Chan, Golub & LeVeque 1983).
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

// One number for each group.
const reduce = (y, x, axes, f) => {
  const all = groups(x.shape, axes);
  return () => all.forEach((its, at) => { y.data[at] = f(its.length, (i) => x.data[its[i]]); });
};
const fold = (start, f) => (n, x) => {
  let result = start;
  for (let i = 0; i < n; i++) result = f(result, x(i));
  return result;
};
// The better of two numbers; a NaN stays.
const best = (isBetter) => (a, b) => (Number.isNaN(a) || !(isBetter(b, a) || Number.isNaN(b)) ? a : b);
const largest = fold(-Infinity, best((a, b) => a > b));

// The largest number, and the sum of the exponentials of the distances to it.
const exponentials = (n, x) => {
  const max = largest(n, x);
  const base = max === -Infinity ? 0 : max;
  return [base, fold(0, (sum, x) => sum + Math.exp(x - base))(n, x)];
};
// f of a lane's maximum, of its sum of exponentials and of each number.
const soft = (y, x, axis, f) => {
  const lanes = groups(x.shape, axis);
  return () => lanes.forEach((its) => {
    const [max, sum] = exponentials(its.length, (i) => x.data[its[i]]);
    for (const at of its) y.data[at] = f(max, sum, x.data[at]);
  });
};

// The mean of f over the pairs of two tensors, after broadcasting.
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
// The mean of f over rows of scores, each with what belongs to it.
const rowwise = (y, x, f) => {
  const rows = groups(x.shape, -1);
  return () => {
    y.data[0] = fold(0, (sum, x) => sum + x)(rows.length, (row) => f(rows[row].length, (i) => x.data[rows[row][i]], row)) / rows.length;
  };
};
const isPlace = (i, n) => Number.isInteger(i) && i >= 0 && i < n;

// Where the pieces of a joined tensor lie in it.
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
// Where a layer of a stack lies in it.
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
// Where what stands between the brackets of an index lies.
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

// The numbers that dropout multiplies by: SplitMix64 (Steele, Lea & Flood 2014).
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

// Visits the products of a convolution: the places of the image's element, of the weight and of the result.
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
// The places of each pooling window.
const windows = (image, result, length, stride) => {
  const [by, apart] = [steps(image), stride ?? length];
  const moved = by.map((step, axis) => (axis < image.length - 2 ? step : step * apart));
  const starts = places(result, moved);
  return [...starts].map((start) => places([length, length], by.slice(-2), start));
};
// The place of a window's first largest element; of a NaN if there is one.
const largestAt = (x, its) => {
  let chosen = its[0];
  for (const at of its) if (x[at] > x[chosen] || (Number.isNaN(x[at]) && !Number.isNaN(x[chosen]))) chosen = at;
  return chosen;
};

// Calls f for each query: where the query, its keys and its values start, and the softmax of its scores.
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

// Writes the standardized numbers of each group, changed by f, which gets also the group's number.
const standardize = (y, x, axes, eps, f) => {
  const all = groups(x.shape, axes);
  return () => all.forEach((its, group) => {
    const [middle, variance] = moments(its.length, (i) => x.data[its[i]]);
    const width = Math.sqrt(variance + eps);
    for (const at of its) y.data[at] = f((x.data[at] - middle) / width, group);
  });
};

const bp = {
  // C gives 1 where JavaScript gives NaN.
  pow: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : Math.pow(a, b)),
  sign: (a) => (a > 0 ? 1 : a < 0 ? -1 : a === 0 ? 0 : a),
  // Half to even.
  round(a) {
    const up = Math.round(a);
    return up - a === 0.5 && up % 2 ? up - 1 : up;
  },
  clip(a, lo, hi) {
    const raised = a < lo ? lo : a;
    return raised > hi ? hi : raised;
  },
  xlogy: (a, b) => (a === 0 && !Number.isNaN(b) ? 0 : a * Math.log(b)),
  // Near 0 the series of DLMF 7.6.2, whose terms have one sign.
  erf(x) {
    if (!(Math.abs(x) < 1)) return x < 0 ? bp.erfc(-x) - 1 : 1 - bp.erfc(x);
    let [sum, term] = [1, 1];
    for (let n = 1; term > 1e-17; n++) sum += term *= (2 * x * x) / (2 * n + 1);
    return (2 / Math.sqrt(Math.PI)) * x * Math.exp(-x * x) * sum;
  },
  // Far out the continued fraction of DLMF 7.9.1, from behind; e^(−x²) by a part of x whose square is exact.
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
