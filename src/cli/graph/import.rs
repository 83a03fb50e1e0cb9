//! A model of another tool as the text of a block: its file, the files beside it, and the values for its inputs.

use crate::diag::Checked;
use crate::failure::Failure;
use crate::import::{self, Choices, Format, Weights};
use crate::lang::{Text, said, text};
use crate::settings::Limits;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Whose model it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Tool {
    /// An ONNX file
    Onnx,
    /// A graph that torch.fx has traced, as tools/export_torch_fx.py writes it
    TorchFx,
}

/// What can be chosen about a model.
#[derive(Debug, clap::Args)]
pub struct ModelArguments {
    /// With --from: a value for an input of the model, as numbers, a list or a call such as `normal(2, 3, seed=1)`; or a
    /// file that ends in `.json` and holds a list
    #[arg(long = "input", value_name = "NAME=VALUE")]
    inputs: Vec<String>,
    /// With --from: an extent that the model leaves open, such as `batch=4`; the others are 1
    #[arg(long = "dim", value_name = "NAME=N")]
    dims: Vec<String>,
    /// With --from: what is written for the parameters
    #[arg(long, value_name = "WHICH")]
    weights: Option<Which>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    /// Their own numbers, up to 20,000 in all
    Exact,
    /// For all but the small ones random numbers of the same mean and deviation
    Random,
}

/// A model's file may have so many bytes; one with more has more numbers than a block may hold.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

impl ModelArguments {
    /// What is chosen about a model makes no sense where there is none.
    pub fn refuse_without_model(&self) -> Result<(), Failure> {
        if self.inputs.is_empty() && self.dims.is_empty() && self.weights.is_none() {
            return Ok(());
        }
        Err(Failure::Refused(text(
            "`--input`, `--dim`, `--weights`는 `--from`과 함께 씁니다",
            "`--input`, `--dim` and `--weights` go with `--from`",
        )))
    }

    fn choices(&self) -> Result<Choices, Failure> {
        let mut choices = Choices {
            weights: if self.weights == Some(Which::Random) { Weights::Random } else { Weights::Exact },
            ..Choices::default()
        };
        for given in &self.inputs {
            let (name, value) = pair(given)?;
            let refused = |why: Text| {
                Failure::Refused(text(format!("`--input {name}`: {}", why.ko), format!("`--input {name}`: {}", why.en)))
            };
            let (tensor, written) = if value.ends_with(".json") {
                let file = Path::new(value);
                let list = super::as_text(bytes_of(file)?, file)?;
                let (tensor, _) = import::literal(&list).map_err(refused)?;
                let written = import::as_literal(&tensor);
                (tensor, written)
            } else {
                import::literal(value).map_err(refused)?
            };
            choices.inputs.push((name.to_owned(), tensor, written));
        }
        for given in &self.dims {
            let (name, n) = pair(given)?;
            let n = n.parse().ok().filter(|n| *n > 0).ok_or_else(|| {
                Failure::Refused(text(
                    format!("`--dim {given}`: 길이는 1 이상의 정수입니다"),
                    format!("`--dim {given}`: an extent is a whole number from 1 on"),
                ))
            })?;
            choices.extents.push((name.to_owned(), n));
        }
        Ok(choices)
    }
}

fn pair(given: &str) -> Result<(&str, &str), Failure> {
    given.split_once('=').ok_or_else(|| {
        Failure::Refused(text(
            format!("`{given}`: `이름=값`처럼 씁니다"),
            format!("`{given}`: it is written `NAME=VALUE`"),
        ))
    })
}

/// The text of the block of a model.
pub fn block(tool: Tool, arguments: &ModelArguments, file: &Path) -> Result<Checked<String>, Failure> {
    let choices = arguments.choices()?;
    let bytes = bytes_of(file)?;
    let format = if tool == Tool::Onnx { Format::Onnx } else { Format::TorchFx };
    let beside = |name: &str, offset: u64, length: usize| beside(file, name, offset, length);
    Ok(import::import(format, bytes, &choices, Limits::default(), &beside))
}

/// The bytes of a file of a sensible size.
fn bytes_of(file: &Path) -> Result<Vec<u8>, Failure> {
    let failed = || Failure::reading(file);
    let mut bytes = Vec::new();
    if file.as_os_str() == "-" {
        std::io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(failed())?;
    } else {
        File::open(file).map_err(failed())?.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(failed())?;
    }
    if bytes.len() as u64 <= MOST_BYTES {
        return Ok(bytes);
    }
    let (shown, most) = (file.display(), MOST_BYTES / 1024 / 1024);
    Err(Failure::Refused(text(
        format!("`{shown}`: 파일이 {most}MiB보다 큽니다. 이만한 모델은 블록으로 쓸 수 없습니다"),
        format!("`{shown}`: the file is larger than {most} MiB; a model of this size is too much for a block"),
    )))
}

/// Bytes of a file in the folder of the model. Links must not lead out of it either.
fn beside(model: &Path, name: &str, offset: u64, length: usize) -> Result<Vec<u8>, Text> {
    let unreadable = |why: &str| {
        let why = said(why);
        text(
            format!("모델 옆의 `{name}` 파일을 읽을 수 없습니다: {}", why.ko),
            format!("`{name}` beside the model cannot be read: {}", why.en),
        )
    };
    if model.as_os_str() == "-" {
        return Err(unreadable("stdin"));
    }
    let read = || -> std::io::Result<Option<Vec<u8>>> {
        let folder = model.canonicalize()?.parent().map(Path::to_owned).unwrap_or_default();
        let path = folder.join(name).canonicalize()?;
        if !path.starts_with(&folder) || !path.is_file() {
            return Ok(None);
        }
        let mut file = File::open(path)?;
        // Room is made only for what is there.
        if file.metadata()?.len().saturating_sub(offset) < length as u64 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = vec![0; length];
        file.read_exact(&mut bytes)?;
        Ok(Some(bytes))
    };
    match read() {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(text(
            format!("`{name}`: 모델의 폴더 안에 있는 파일만 읽습니다"),
            format!("`{name}`: only files within the model's folder are read"),
        )),
        Err(why) => Err(unreadable(&why.to_string())),
    }
}
