//! Models of other tools as blocks: the numbers of the models that `tests/import/make.py` makes and onnxruntime has run,
//! and what is said where a model cannot be expressed.

use bpdoc::diag::Checked;
use bpdoc::graph::Run;
use bpdoc::import::{self, Choices, Format};
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

/// Compares the results of a block with those that another tool has computed.
#[track_caller]
fn compare(name: &str, block: &str, expected: &Value) {
    let run = runs(block);
    let tolerance = expected["tolerance"].as_f64().expect("a tolerance");
    let outputs = expected["outputs"].as_object().expect("outputs by name");
    assert_eq!(run.graph.outputs.len(), outputs.len(), "{name}\n{block}");
    for (node, (output, value)) in run.graph.outputs.iter().zip(outputs) {
        let mut due = Vec::new();
        flat(value, &mut due);
        let found = run.value(*node);
        assert_eq!(found.elements().len(), due.len(), "{name}: {output}\n{block}");
        for (found, due) in found.elements().iter().zip(&due) {
            assert!((found - due).abs() <= tolerance * due.abs().max(1.0), "{name}: {output}: {found}, not {due}\n{block}");
        }
    }
}

fn expected_of(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path.with_extension("json")).expect("the numbers")).expect("JSON")
}

fn models(ending: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(folder()).expect("the folder").map(|entry| entry.expect("an entry").path());
    let mut models: Vec<PathBuf> =
        files.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
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
