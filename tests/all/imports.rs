//! Models of other tools as blocks: the numbers of the models that `tests/import/make.py` makes and onnxruntime has run,
//! and what is said where a model cannot be expressed.

use bpdoc::diag::Checked;
use bpdoc::graph::Run;
use bpdoc::import::{self, Choices, Format, Weights};
use bpdoc::lang::{Text, text};
use bpdoc::settings::Limits;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import")
}

/// The bytes of a file in the folder of the models.
fn beside(name: &str, offset: u64, length: usize) -> Result<Vec<u8>, Text> {
    let bytes = fs::read(folder().join(name)).map_err(|why| text(why.to_string(), why.to_string()))?;
    let start = usize::try_from(offset).expect("a small file");
    bytes.get(start..start + length).map(<[u8]>::to_vec).ok_or_else(|| text("짧다", "short"))
}

fn import(format: Format, bytes: Vec<u8>, choices: &Choices) -> Checked<String> {
    import::import(format, bytes, choices, Limits::default(), &beside)
}

/// Values for inputs as they stand in the JSON beside a model.
fn chosen(inputs: &Value) -> Choices {
    let inputs = inputs.as_object().expect("inputs by name").iter().map(|(name, value)| {
        let (tensor, written) = import::literal(&value.to_string()).expect("numbers");
        (name.clone(), tensor, written)
    });
    Choices { inputs: inputs.collect(), ..Choices::default() }
}

fn flat(value: &Value, numbers: &mut Vec<f64>) {
    match value {
        Value::Array(list) => list.iter().for_each(|entry| flat(entry, numbers)),
        number => numbers.push(number.as_f64().expect("a number")),
    }
}

#[track_caller]
fn runs(block: &str) -> Run {
    let Checked { value, diagnostics } = bpdoc::run_block(block, Limits::default());
    let errors: Vec<_> = diagnostics.iter().map(|d| &d.message.en).collect();
    assert!(errors.is_empty(), "{errors:?}\n{block}");
    value
}

/// Compares the results of a block, and gradients if there are any, with those that another tool has computed.
#[track_caller]
fn compare(name: &str, block: &str, expected: &Value) {
    let run = runs(block);
    let tolerance = expected["tolerance"].as_f64().expect("a tolerance");
    let check = |what: &str, found: &[f64], value: &Value| {
        let mut due = Vec::new();
        flat(value, &mut due);
        assert_eq!(found.len(), due.len(), "{name}: {what}\n{block}");
        for (found, due) in found.iter().zip(&due) {
            let distance = (found - due).abs();
            assert!(distance <= tolerance * due.abs().max(1.0), "{name}: {what}: {found}, not {due}\n{block}");
        }
    };
    let outputs = expected["outputs"].as_object().expect("outputs by name");
    assert_eq!(run.graph.outputs.len(), outputs.len(), "{name}\n{block}");
    for (node, (output, value)) in run.graph.outputs.iter().zip(outputs) {
        check(output, run.value(*node).elements(), value);
    }
    for (parameter, value) in expected["gradients"].as_object().into_iter().flatten() {
        // A name that has been shortened stands beside the parameter.
        let is_meant = |node: &_| run.graph.caption_of(*node, 0) == parameter || run.graph.name(*node) == parameter;
        let node = run.graph.named().find(is_meant).unwrap_or_else(|| panic!("{name}: {parameter}\n{block}"));
        check(parameter, run.grad(node).expect("a gradient").elements(), value);
    }
}

fn expected_of(model: &Path) -> Value {
    expected_at(&model.with_extension("json"))
}

fn expected_at(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("the numbers")).expect("JSON")
}

fn models(ending: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(folder()).expect("the folder").map(|entry| entry.expect("an entry").path());
    let mut models: Vec<PathBuf> = files.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
    models.sort();
    models
}

#[test]
fn onnx_models_run_to_the_numbers_of_onnxruntime() {
    let models = models(".onnx");
    assert!(models.len() >= 20, "{models:?}");
    for path in models {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let expected = expected_of(&path);
        let bytes = fs::read(&path).expect("a model");
        assert!(bytes.len() < 20_000, "{name} is no small model");
        let Checked { value: block, diagnostics } = import(Format::Onnx, bytes, &chosen(&expected["inputs"]));
        let errors: Vec<_> = diagnostics.iter().map(|d| &d.message.en).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        compare(&name, &block, &expected);
    }
}

#[test]
fn traced_graphs_run_to_the_numbers_of_pytorch() {
    let models = models(".fx.json");
    assert!(models.len() >= 6, "{models:?}");
    let mut with_gradients = 0;
    for path in models {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let expected = expected_at(&path.with_extension("expected.json"));
        let bytes = fs::read(&path).expect("a model");
        assert!(bytes.len() < 20_000, "{name} is no small model");
        let Checked { value: block, diagnostics } = import(Format::TorchFx, bytes, &chosen(&expected["inputs"]));
        let errors: Vec<_> = diagnostics.iter().map(|d| &d.message.en).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        compare(&name, &block, &expected);
        with_gradients += usize::from(expected["gradients"].is_object());
    }
    assert!(with_gradients >= 3);
}

/// The guide to importing lists every op that can be imported.
#[test]
fn all_ops_are_documented() {
    let guide = include_str!("../../docs/import.md");
    let (onnx, fx) = guide.split_once("## torch.fx").expect("two parts");
    for (part, format) in [(onnx, Format::Onnx), (fx, Format::TorchFx)] {
        let words: Vec<&str> = part.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
        for op in import::ops(format) {
            assert!(words.contains(&op), "docs/import.md does not list {op}");
        }
    }
}

fn block_of(name: &str, choices: &Choices) -> String {
    let format = if name.ends_with(".onnx") { Format::Onnx } else { Format::TorchFx };
    let Checked { value, diagnostics } = import(format, fs::read(folder().join(name)).expect("a model"), choices);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    value
}

#[test]
fn blocks_read_as_a_person_would_write_them() {
    for (name, lines) in [
        ("scalar.onnx", &["input x = 1", "param w = -2", "g = w * x", "f = g + b", "output f"][..]),
        (
            "mlp.onnx",
            &[
                "# mlp의 계산 그래프(ONNX, opset 17) | The computational graph of mlp (ONNX, opset 17)",
                "input x = normal(1, 4, seed=1)  # 값을 주지 않아 난수를 썼다 | no value was given: random numbers",
                "group fc1 {",
                "  param fc1_bias = [0, -0.85, -0.99, 0.78, -2.42]  # fc1.bias",
                "  fc1 = x @ fc1_weight.T + fc1_bias",
                "act = relu(fc1)",
                "  fc2 = 0.5 * (act @ fc2_weight.T) + 2 * fc2_bias",
                "y = sigmoid(fc2)",
            ],
        ),
        (
            "cnn.onnx",
            &[
                "group stem {",
                "  group bn {",
                "    const running_mean = [[[0.05999999865889549]], [[-0.7099999785423279]]]",
                "pool = maxpool2d(stem_act)",
                "block = pool + conv2",
            ],
        ),
        // Names that are no names, modules that feed each other, and what would end a group's label or a comment.
        (
            "names.onnx",
            &[
                "  param W_1 = [-0.44, -0.1, 4.03]  # 가중치/W 1",
                "  group layer.0 {",
                "tanh = tanh(layer_0_grad)",
                "output output",
            ],
        ),
        (
            "transformer.fx.json",
            &["input ids = zeros(1, 3)", "  group qkv {", "  group feed.0 {", "embed = embedding(embed_weight, ids)"],
        ),
    ] {
        let block = block_of(name, &Choices::default());
        for line in lines {
            assert!(block.contains(line), "{line}\nin\n{block}");
        }
        runs(&block);
    }
}

#[test]
fn a_model_gives_the_same_text_every_time() {
    for path in models(".onnx") {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let expected = expected_of(&path);
        let choices = chosen(&expected["inputs"]);
        assert_eq!(block_of(&name, &choices), block_of(&name, &choices));
    }
}

#[test]
fn the_extents_left_open_can_be_chosen() {
    let choices = Choices { extents: vec![("length".to_owned(), 3)], ..Choices::default() };
    assert!(block_of("transformer.onnx", &choices).contains("input tokens = normal(1, 3, 4, seed=1)"));
    let random = Choices { weights: Weights::Random, ..Choices::default() };
    let block = block_of("mlp.onnx", &random);
    assert!(
        block.contains("param fc1_weight = normal(5, 4, seed=1, mean=") && block.contains("param fc1_bias = [0, "),
        "{block}"
    );
    runs(&block);
}

#[test]
fn choices_that_make_no_sense_are_refused() {
    let value = |text: &str| import::literal(text).expect("a literal");
    let input = |name: &str, text: &str| {
        let (tensor, written) = value(text);
        Choices { inputs: vec![(name.to_owned(), tensor, written)], ..Choices::default() }
    };
    for (choices, part) in [
        (input("y", "1"), "the model has no input `y`; it has x"),
        (input("x", "[1, 2]"), "the input `x` has the shape (batch, 4), but the value given has (2,)"),
        (
            Choices { extents: vec![("rows".to_owned(), 3)], ..Choices::default() },
            "no extent that the model leaves open is called `rows`",
        ),
        (
            Choices { extents: vec![("batch".to_owned(), 3)], ..input("x", "ones(2, 4)") },
            "the input `x` has the shape (batch = 3, 4)",
        ),
        (
            Choices { extents: vec![("batch".to_owned(), 1_000_000)], ..Choices::default() },
            "the shape (1000000, 4) is too large",
        ),
    ] {
        let found = import(Format::Onnx, fs::read(folder().join("mlp.onnx")).expect("a model"), &choices);
        let said = &found.diagnostics.first().expect("a refusal").message;
        assert!(said.en.contains(part), "{}", said.en);
        assert!(said.ko.chars().any(|c| ('가'..='힣').contains(&c)), "{}", said.ko);
    }
    assert!(import::literal("x + 1").is_err() && import::literal("[1, 2").is_err() && import::literal("").is_err());
}

/// A field of a message: its number, and bytes or a whole number.
enum Field<'b> {
    Bytes(u8, &'b [u8]),
    Number(u8, u64),
}

use Field::{Bytes, Number};

/// A message of protobuf.
fn message(fields: &[Field<'_>]) -> Vec<u8> {
    fn varint(mut n: u64, out: &mut Vec<u8>) {
        while n > 127 {
            out.push(n as u8 | 128);
            n >>= 7;
        }
        out.push(n as u8);
    }
    let mut out = Vec::new();
    for field in fields {
        match field {
            Bytes(number, bytes) => {
                varint(u64::from(*number) << 3 | 2, &mut out);
                varint(bytes.len() as u64, &mut out);
                out.extend_from_slice(bytes);
            }
            Number(number, n) => {
                varint(u64::from(*number) << 3, &mut out);
                varint(*n, &mut out);
            }
        }
    }
    out
}

fn node(op: &str, inputs: &[&str], outputs: &[&str]) -> Vec<u8> {
    let names =
        |number, names: &[&str]| names.iter().flat_map(|name| message(&[Bytes(number, name.as_bytes())])).collect();
    let [inputs, outputs]: [Vec<u8>; 2] = [names(1, inputs), names(2, outputs)];
    [inputs, outputs, message(&[Bytes(4, op.as_bytes())])].concat()
}

/// A tensor of float32 with raw bytes.
fn tensor(name: &str, dims: &[i64], raw: &[u8]) -> Vec<u8> {
    let dims: Vec<u8> = dims.iter().flat_map(|n| message(&[Number(1, *n as u64)])).collect();
    [dims, message(&[Number(2, 1), Bytes(8, name.as_bytes()), Bytes(9, raw)])].concat()
}

/// A model of nodes and stored tensors with the input x of shape (2,) and the output y.
fn model(nodes: &[Vec<u8>], tensors: &[Vec<u8>]) -> Vec<u8> {
    let shape = message(&[Bytes(1, &message(&[Number(1, 2)]))]);
    let kind = message(&[Bytes(1, &message(&[Number(1, 1), Bytes(2, &shape)]))]);
    let mut graph =
        message(&[Bytes(11, &message(&[Bytes(1, b"x"), Bytes(2, &kind)])), Bytes(12, &message(&[Bytes(1, b"y")]))]);
    nodes.iter().for_each(|node| graph.extend(message(&[Bytes(1, node)])));
    tensors.iter().for_each(|tensor| graph.extend(message(&[Bytes(5, tensor)])));
    message(&[Bytes(7, &graph), Bytes(8, &message(&[Number(2, 17)]))])
}

#[test]
fn broken_models_are_refused_with_the_node_and_the_op() {
    let external = |location: &str| {
        let entry = message(&[Bytes(1, b"location"), Bytes(2, location.as_bytes())]);
        message(&[Number(1, 2), Number(2, 1), Bytes(8, b"w"), Bytes(13, &entry), Number(14, 1)])
    };
    let times_w = || vec![node("Mul", &["x", "w"], &["y"])];
    let one = 1.0_f32.to_le_bytes();
    for (bytes, code, part) in [
        (b"no protobuf at all".to_vec(), "not-a-model", "this cannot be read as an ONNX model"),
        (Vec::new(), "not-a-model", "it holds no graph"),
        (
            message(&[Bytes(7, &[]), Bytes(8, &message(&[Number(2, 6)]))]),
            "not-a-model",
            "its ops are those of version 6",
        ),
        (
            model(&[node("Foo", &["x"], &["y"])], &[]),
            "not-expressible",
            "the node `Foo → y`: the op `Foo` cannot be expressed in a block",
        ),
        (model(&[node("Sigmod", &["x"], &["y"])], &[]), "not-expressible", "; `Sigmoid` can"),
        (model(&times_w(), &[]), "not-expressible", "the node `Mul → y`: the model has no value `w`"),
        (model(&[], &[]), "broken-model", "no node makes the output `y`"),
        (
            model(&[node("Neg", &["a"], &["y"]), node("Neg", &["y"], &["a"])], &[]),
            "broken-model",
            "needs its own result: the graph has a cycle",
        ),
        (model(&[node("Neg", &["y"], &["y"])], &[]), "broken-model", "the graph has a cycle"),
        (
            model(&[node("Neg", &["x"], &["y"]), node("Abs", &["x"], &["y"])], &[]),
            "broken-model",
            "two nodes make the value `y`",
        ),
        (model(&[node("Neg", &[], &["y"])], &[]), "not-expressible", "its input number 1 is missing"),
        (
            model(&times_w(), &[tensor("w", &[-1], &[])]),
            "not-a-model",
            "the stored tensor `w`: its shape (-1) holds a negative extent",
        ),
        (model(&times_w(), &[tensor("w", &[i64::MAX, 4], &[])]), "not-a-model", "is too large"),
        (model(&times_w(), &[tensor("w", &[1 << 40, 0], &[])]), "not-a-model", "is too large"),
        (
            model(&times_w(), &[tensor("w", &[3], &one)]),
            "not-a-model",
            "its shape (3,) calls for 3 numbers, but it holds 1",
        ),
        (
            model(&times_w(), &[tensor("w", &[3], &one.repeat(3))]),
            "not-expressible",
            "the node `Mul → y`: x * w: (2,) · (3,)",
        ),
        (model(&times_w(), &[tensor("w", &[], &f32::NAN.to_le_bytes())]), "not-expressible", "`w` holds a NaN"),
        (
            model(&times_w(), &[external("../../etc/passwd")]),
            "not-a-model",
            "only files within the model's folder are read",
        ),
        (model(&times_w(), &[external("/etc/passwd")]), "not-a-model", "only files within the model's folder are read"),
        (model(&times_w(), &[external("a/./b")]), "not-a-model", "only files within the model's folder are read"),
        (model(&times_w(), &[external("missing.data")]), "not-a-model", "the stored tensor `w`"),
        (
            model(&[node("Reshape", &["x", "w"], &["y"])], &[tensor("w", &[1], &4.0_f32.to_le_bytes())]),
            "not-expressible",
            "the node `Reshape → y`: the shape (2,) cannot become [4]",
        ),
        (
            model(&[node("Abs", &["x"], &["s"]), node("Reshape", &["x", "s"], &["y"])], &[]),
            "not-expressible",
            "its input number 2 must be constant, but the model computes it",
        ),
    ] {
        let Checked { value, diagnostics } = import(Format::Onnx, bytes, &Choices::default());
        let said = diagnostics.first().unwrap_or_else(|| panic!("{part}: nothing was said about\n{value}"));
        assert!(
            value.is_empty() && said.code == code && said.message.en.contains(part),
            "{}: {}",
            said.code,
            said.message.en
        );
        assert!(said.message.ko.chars().any(|c| ('가'..='힣').contains(&c)), "{}", said.message.ko);
    }
}

/// Small files that would be large if all that they announce were made room for or computed.
#[test]
fn models_that_would_take_forever_are_refused_at_once() {
    let int = |name: &str, numbers: &[i64]| {
        let raw: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        message(&[Number(1, numbers.len() as u64), Number(2, 7), Bytes(8, name.as_bytes()), Bytes(9, &raw)])
    };
    let large = || vec![int("s", &[1400, 1400])];
    let many = |node: &[u8]| vec![node.to_vec(); 10_001];
    let doubled: Vec<Vec<u8>> = (0..40)
        .map(|i| node("Concat", &[&format!("t{i}"), &format!("t{i}")], &[&format!("t{}", i + 1)]))
        .map(|node| [node, message(&[Bytes(5, &message(&[Bytes(1, b"axis"), Number(3, 0), Number(20, 2)]))])].concat())
        .chain([node("Add", &["x", "t40"], &["y"])])
        .collect();
    let wide = node("Sum", &vec!["x"; 1_001], &["y"]);
    for (bytes, part) in [
        (model(&many(&node("Neg", &["x"], &["y"])), &[]), "the model is too large: 10000 nodes"),
        (model(&many(&[]), &[]), "the model is too large: 10000 nodes"),
        (model(&[wide], &[]), "1000 operands, attributes and results are the most"),
        (model(&doubled, &[int("t0", &[1])]), "the model computes more than 2000000 numbers from constants"),
        (
            model(
                &[
                    node("ConstantOfShape", &["s"], &["a"]),
                    node("Exp", &["a"], &["b"]),
                    node("Add", &["x", "b"], &["y"]),
                ],
                &large(),
            ),
            "the model computes more than 2000000 numbers from constants",
        ),
        (model(&[node("Expand", &["x", "s"], &["y"])], &[int("s", &[1 << 40, 2])]), "is too large"),
        (model(&[node("Tile", &["x", "s"], &["y"])], &[int("s", &[1 << 40])]), "copies cannot be made"),
        (
            model(&[node("Gather", &["x", "s"], &["y"])], &[int("s", &vec![0; 30_000])]),
            "the block would hold 30000 numbers",
        ),
    ] {
        let Checked { value, diagnostics } = import(Format::Onnx, bytes, &Choices::default());
        let said = diagnostics.first().unwrap_or_else(|| panic!("{part}: nothing was said about\n{value}"));
        assert!(said.message.en.contains(part), "{}", said.message.en);
    }
}

#[test]
fn each_node_that_cannot_be_expressed_is_named_once() {
    let nodes = [
        node("Foo", &["x"], &["a"]),
        node("Bar", &["x"], &["b"]),
        node("Foo", &["b"], &["c"]),
        node("Sum", &["a", "c"], &["y"]),
    ];
    let said = import(Format::Onnx, model(&nodes, &[]), &Choices::default()).diagnostics;
    assert_eq!(
        said.iter().map(|d| d.message.en.split('`').nth(1).expect("a name")).collect::<Vec<_>>(),
        ["Foo → a", "Bar → b"]
    );
}

#[test]
fn traced_graphs_that_are_none_are_refused() {
    let with = |nodes: &str, outputs: &str| {
        format!(
            r#"{{"format": "bpdoc-torch-fx", "version": 1, "inputs": [{{"name": "x", "shape": [2, null]}}], "nodes": [{nodes}], "outputs": [{outputs}]}}"#
        )
    };
    for (json, part) in [
        ("{".to_owned(), "this cannot be read as torch-fx JSON"),
        (with("", "").replace("bpdoc-torch-fx", "fx"), "`format` must be `bpdoc-torch-fx`"),
        (with("", ""), "the model has no output"),
        (with(r#"{"name": "y", "op": "foo", "args": [{"value": "x"}]}"#, r#""y""#), "the node `y (foo)`: the op `foo`"),
        (with(r#"{"name": "y", "op": "relu", "args": [{"what": "x"}]}"#, r#""y""#), "the node `y`: the argument"),
        (
            with(r#"{"name": "y", "op": "getitem", "args": [{"value": "x"}, 5]}"#, r#""y""#),
            "axis 0 has 2 places, and none is number 5",
        ),
        (
            with(r#"{"name": "y", "op": "view", "args": [{"value": "x"}, {"value": "x"}]}"#, r#""y""#),
            "whole numbers that are known",
        ),
        (
            with(&format!(r#"{{"name": "y", "op": "neg", "args": {}"#, "[".repeat(100_000)), ""),
            "recursion limit exceeded",
        ),
    ] {
        let said = import(Format::TorchFx, json.into_bytes(), &Choices::default()).diagnostics;
        let said = &said.first().expect("a refusal").message;
        assert!(said.en.contains(part), "{}", said.en);
    }
}

/// Models of which something is missing or changed: whatever is said about them, nothing panics.
#[test]
fn damaged_models_do_no_harm() {
    let mut random = 1_u64;
    let mut next = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % below
    };
    for path in models(".onnx").into_iter().chain(models(".fx.json")) {
        let bytes = fs::read(&path).expect("a model");
        let format = if path.extension().is_some_and(|end| end == "onnx") { Format::Onnx } else { Format::TorchFx };
        for round in 0..60 {
            let mut damaged = bytes.clone();
            if round % 10 == 0 {
                damaged.truncate(next(bytes.len()));
            }
            for _ in 0..=round % 4 {
                if !damaged.is_empty() {
                    let place = next(damaged.len());
                    damaged[place] = next(256) as u8;
                }
            }
            let Checked { value: block, diagnostics } = import(format, damaged, &Choices::default());
            assert!(block.is_empty() != diagnostics.is_empty(), "{}: {diagnostics:?}", path.display());
            // What was imported is a block, whatever it computes.
            let sheet = bpdoc::graph::parse(&block);
            assert!(!sheet.has_errors(), "{}\n{block}\n{:?}", path.display(), sheet.diagnostics);
        }
    }
}
