// The op table's kernels for the browser, as functions that the rows' spellings in JavaScript call. They keep to the
// kernels in Rust: the same conventions at kinks, the same order of sums, the same ways around overflow and lost digits.
//
// A function of an element-wise op takes and gives numbers. Any other gets tensors, { shape, data }, the result first;
// it finds out once which places of the data belong together, and gives back the function that computes the result.

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
