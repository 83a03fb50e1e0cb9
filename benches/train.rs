//! Training steps of two networks for XOR, beside loops written by hand: what matters is the ratio.

use bpdoc::graph;
use bpdoc::settings::Limits;
use bpdoc::train::plan::Plan;
use bpdoc::train::{self, Trainer};
use divan::{AllocProfiler, Bencher};
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: AllocProfiler<MiMalloc> = AllocProfiler::new(MiMalloc);

/// Updates per measured sample.
const STEPS: u64 = 10_001;
const INPUTS: [[f64; 2]; 4] = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
const TARGETS: [f64; 4] = [0.0, 1.0, 1.0, 0.0];
const RATE: f64 = 0.1;
const SMALL: &str = include_str!("../tests/notes/training/xor-2-2-1.txt");
const DEEP: &str = include_str!("../tests/notes/training/xor-2-10-10-10-1.txt");

fn main() {
    divan::main();
}

/// Trains the network of `block` and gives the last loss.
fn bpdoc(bencher: Bencher<'_, '_>, block: &str, parameters: &str) {
    let run = bpdoc::run_block(block, Limits::default()).value;
    let text = format!("minimize cost over {parameters}\nrate {RATE}\nsteps {STEPS}\n");
    let plan: Plan = train::plan::parse(&text).value.expect("the plan is complete");
    let prepare = || train::prepare(&plan, &run, &mut Vec::new()).expect("the graph can be trained");
    bencher.with_inputs(prepare).bench_values(|mut trainer: Trainer<'_>| {
        (0..STEPS).for_each(|_| trainer.update());
        trainer.loss()
    });
}

#[divan::bench(sample_count = 40)]
fn small_bpdoc(bencher: Bencher<'_, '_>) {
    bpdoc(bencher, SMALL, "W1, b1, W2, b2");
}

#[divan::bench(sample_count = 40)]
fn deep_bpdoc(bencher: Bencher<'_, '_>) {
    bpdoc(bencher, DEEP, "W1, b1, W2, b2, W3, b3, W4, b4");
}

/// The numbers of a leaf of a block.
fn leaf(block: &str, name: &str) -> Vec<f64> {
    let run = bpdoc::run_block(block, Limits::default()).value;
    run.value(run.graph.find(name).expect("a leaf")).elements().to_vec()
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// A layer as it would be written by hand: weights (inputs × outputs), biases, activations of the four rows.
struct Layer {
    inputs: usize,
    outputs: usize,
    weights: Vec<f64>,
    biases: Vec<f64>,
    activations: Vec<f64>,
    deltas: Vec<f64>,
}

impl Layer {
    fn new(weights: Vec<f64>, biases: Vec<f64>) -> Self {
        let (inputs, outputs) = (weights.len() / biases.len(), biases.len());
        Self { inputs, outputs, weights, biases, activations: vec![0.0; 4 * outputs], deltas: vec![0.0; 4 * outputs] }
    }

    fn forward(&mut self, input: &[f64]) {
        for row in 0..4 {
            let out = &mut self.activations[row * self.outputs..(row + 1) * self.outputs];
            out.copy_from_slice(&self.biases);
            for k in 0..self.inputs {
                let x = input[row * self.inputs + k];
                let weights = &self.weights[k * self.outputs..(k + 1) * self.outputs];
                out.iter_mut().zip(weights).for_each(|(y, w)| *y += x * w);
            }
            out.iter_mut().for_each(|y| *y = sigmoid(*y));
        }
    }

    /// The deltas of the layer before, from this layer's.
    fn backward(&self, activations: &[f64], deltas: &mut [f64]) {
        for row in 0..4 {
            let own = &self.deltas[row * self.outputs..(row + 1) * self.outputs];
            for k in 0..self.inputs {
                let weights = &self.weights[k * self.outputs..(k + 1) * self.outputs];
                let sum: f64 = own.iter().zip(weights).map(|(d, w)| d * w).sum();
                let a = activations[row * self.inputs + k];
                deltas[row * self.inputs + k] = sum * a * (1.0 - a);
            }
        }
    }

    fn update(&mut self, input: &[f64]) {
        for k in 0..self.inputs {
            for j in 0..self.outputs {
                let gradient: f64 =
                    (0..4).map(|row| input[row * self.inputs + k] * self.deltas[row * self.outputs + j]).sum();
                self.weights[k * self.outputs + j] -= RATE * gradient;
            }
        }
        for j in 0..self.outputs {
            let gradient: f64 = (0..4).map(|row| self.deltas[row * self.outputs + j]).sum();
            self.biases[j] -= RATE * gradient;
        }
    }
}

/// Trains the network of `block`, which has so many layers, with loops over layers, rows, inputs and outputs.
fn by_hand(bencher: Bencher<'_, '_>, block: &str, layers: usize) {
    let numbers: Vec<(Vec<f64>, Vec<f64>)> =
        (1..=layers).map(|i| (leaf(block, &format!("W{i}")), leaf(block, &format!("b{i}")))).collect();
    let network = || numbers.iter().map(|(w, b)| Layer::new(w.clone(), b.clone())).collect::<Vec<_>>();
    let input: Vec<f64> = INPUTS.concat();
    bencher.with_inputs(network).bench_values(|mut layers| {
        for _ in 0..STEPS {
            for i in 0..layers.len() {
                let (before, rest) = layers.split_at_mut(i);
                rest[0].forward(before.last().map_or(&input, |layer| &layer.activations));
            }
            for i in (0..layers.len()).rev() {
                let (before, rest) = layers.split_at_mut(i);
                if rest.len() == 1 {
                    let Layer { activations, deltas, .. } = &mut rest[0];
                    for ((delta, a), y) in deltas.iter_mut().zip(activations).zip(TARGETS) {
                        *delta = (-y / *a + (1.0 - y) / (1.0 - *a)) / 4.0 * *a * (1.0 - *a);
                    }
                }
                if let Some(layer) = before.last_mut() {
                    rest[0].backward(&layer.activations, &mut layer.deltas);
                }
            }
            for i in 0..layers.len() {
                let (before, rest) = layers.split_at_mut(i);
                rest[0].update(before.last().map_or(&input, |layer| &layer.activations));
            }
        }
        layers
    });
}

#[divan::bench(sample_count = 40)]
fn small_by_hand(bencher: Bencher<'_, '_>) {
    by_hand(bencher, SMALL, 2);
}

#[divan::bench(sample_count = 40)]
fn deep_by_hand(bencher: Bencher<'_, '_>) {
    by_hand(bencher, DEEP, 4);
}

/// The graph is compiled once for a training; this is what that costs.
#[divan::bench(sample_count = 40)]
fn prepare_deep(bencher: Bencher<'_, '_>) {
    let run = graph::parse(DEEP);
    let run = graph::run(graph::build(&run.value, Limits::default()).value).value;
    let plan = train::plan::parse("minimize cost over W1, b1, W2, b2, W3, b3, W4, b4\nrate 0.1\nsteps 10");
    let plan = plan.value.expect("the plan is complete");
    bencher.bench(|| train::prepare(&plan, &run, &mut Vec::new()));
}
