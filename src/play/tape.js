// The runtime of tapes.
//   const tape = bpdoc.tape(json);    what `play::tape` made at build time, as text or parsed; it has run once
//   tape.set(slot, i, x);             the i-th element of a leaf becomes x; nothing is computed yet
//   tape.run();                       computes everything anew
//   tape.value(slot);                 { shape, data }: a view, always the same one, of what was computed last
//   tape.slots;                       how many slots there are
// The slot of a leaf is its place in the list that `play::tape` was given; those of other nodes it has told. All values lie
// in one memory. What belongs to what is found out once: a step is a function that has nothing to look up.

// The step of an element-wise op on many numbers; along an operand of one number nothing is stepped.
const manyNumbers = (f, y, operands) => {
  const [a, b, c] = operands;
  const [da, db, dc] = operands.map(({ length }) => (length === y.length ? 1 : 0));
  const n = y.length;
  if (operands.length === 1) return () => { for (let i = 0; i < n; i++) y[i] = f(a[i * da]); };
  if (operands.length === 2) return () => { for (let i = 0; i < n; i++) y[i] = f(a[i * da], b[i * db]); };
  return () => { for (let i = 0; i < n; i++) y[i] = f(a[i * da], b[i * db], c[i * dc]); };
};

// The same on one number, by places in the memory.
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
  // An operand as long as the result, or one number, is read as it lies; any other is stretched first.
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
