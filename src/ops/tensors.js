// What the kernels for the browser share: which places of tensors, { shape, data }, belong together, sums of many numbers,
// and the patterns of ops. Whatever gets a result y gives back the function that computes it.

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
