//! The numbers of a stored tensor, in whichever of ONNX's ways they are stored.

use super::message::Tensor as Message;
use crate::import::Beside;
use crate::import::draft::room_of;
use crate::import::model::{Constant, Kind};
use crate::lang::{Text, text};
use crate::tensor::{MAX_RANK, Shape, Tensor};

/// The types of ONNX: number, kind, bytes each, and how a number is read from them.
type Row = (i32, Kind, usize, fn(&[u8]) -> f64);

/// The bytes of one number, of which there are as many as its row says.
fn bytes<const N: usize>(raw: &[u8]) -> [u8; N] {
    std::array::from_fn(|i| raw[i])
}

const ROWS: &[Row] = &[
    (1, Kind::Float, 4, |raw| f32::from_le_bytes(bytes(raw)).into()),
    (2, Kind::Integer, 1, |raw| raw[0].into()),
    (3, Kind::Integer, 1, |raw| i8::from_le_bytes(bytes(raw)).into()),
    (4, Kind::Integer, 2, |raw| u16::from_le_bytes(bytes(raw)).into()),
    (5, Kind::Integer, 2, |raw| i16::from_le_bytes(bytes(raw)).into()),
    (6, Kind::Integer, 4, |raw| i32::from_le_bytes(bytes(raw)).into()),
    (7, Kind::Integer, 8, |raw| i64::from_le_bytes(bytes(raw)) as f64),
    (9, Kind::Flag, 1, |raw| f64::from(raw[0] != 0)),
    (10, Kind::Float, 2, |raw| half(u16::from_le_bytes(bytes(raw)))),
    (11, Kind::Float, 8, |raw| f64::from_le_bytes(bytes(raw))),
    (12, Kind::Integer, 4, |raw| u32::from_le_bytes(bytes(raw)).into()),
    (13, Kind::Integer, 8, |raw| u64::from_le_bytes(bytes(raw)) as f64),
    (16, Kind::Float, 2, |raw| brain(u16::from_le_bytes(bytes(raw)))),
];

fn row_of(kind: i32) -> Result<&'static Row, Text> {
    ROWS.iter().find(|row| row.0 == kind).ok_or_else(|| {
        text(
            format!("{kind}번 자료형은 읽을 수 없습니다. float, double, float16, bfloat16, 정수, bool만 읽습니다"),
            format!("its data type, number {kind}, is not read: only float, double, float16, bfloat16, integers and bool are"),
        )
    })
}

/// What the numbers of a type are.
pub(super) fn kind_of(kind: i32) -> Result<Kind, Text> {
    row_of(kind).map(|row| row.1)
}

/// An IEEE number of 16 bits: a sign, 5 bits of exponent, 10 of fraction.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023) / 1024.0);
    sign * match exponent {
        0 => fraction * 2f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction) * 2f64.powi(exponent - 15),
    }
}

/// The upper half of a number of 32 bits.
fn brain(bits: u16) -> f64 {
    f32::from_bits(u32::from(bits) << 16).into()
}

/// The extents of a stored tensor, if it has no more than `most` numbers.
fn shape_of(dims: &[i64], most: usize) -> Result<Shape, Text> {
    let extents: Option<Vec<usize>> = dims.iter().map(|n| usize::try_from(*n).ok()).collect();
    let shown = || dims.iter().take(MAX_RANK).map(i64::to_string).collect::<Vec<_>>().join(", ");
    let Some(extents) = extents else {
        return Err(text(
            format!("형상 ({})에 음수가 있습니다", shown()),
            format!("its shape ({}) holds a negative extent", shown()),
        ));
    };
    let shape = Shape::from(extents);
    if shape.rank() > MAX_RANK || room_of(&shape) > most {
        return Err(text(
            format!("형상 ({})이 너무 큽니다. 축은 {MAX_RANK}개, 수는 {most}개까지입니다", shown()),
            format!("its shape ({}) is too large: {MAX_RANK} axes and {most} numbers are the most", shown()),
        ));
    }
    Ok(shape)
}

/// The numbers of a stored tensor, which may have `most` of them.
pub(super) fn read(message: &Message, most: usize, beside: Beside<'_>) -> Result<Constant, Text> {
    let shape = shape_of(&message.dims, most)?;
    let &(_, kind, size, number) = row_of(message.kind)?;
    let external;
    let raw = if message.location == 1 {
        external = external_bytes(message, shape.len() * size, beside)?;
        Some(external.as_slice())
    } else {
        message.raw.as_deref()
    };
    let elements: Vec<f64> = match raw {
        Some(raw) if raw.len() == shape.len() * size => raw.chunks_exact(size).map(number).collect(),
        Some(raw) => return Err(wrong_count(&shape, raw.len() / size)),
        None => listed(message),
    };
    if elements.len() != shape.len() {
        return Err(wrong_count(&shape, elements.len()));
    }
    Ok(Constant { value: Tensor::new(&shape, elements), kind })
}

fn wrong_count(shape: &Shape, found: usize) -> Text {
    let due = shape.len();
    text(
        format!("형상 {shape}에는 수가 {due}개 있어야 하는데 {found}개가 있습니다"),
        format!("its shape {shape} calls for {due} numbers, but it holds {found}"),
    )
}

/// The numbers that stand in the message one by one.
fn listed(message: &Message) -> Vec<f64> {
    // Numbers of 16 bits stand there as their bits.
    let short = |bits: &i32| (*bits & 0xffff) as u16;
    match message.kind {
        1 => message.floats.iter().map(|x| f64::from(*x)).collect(),
        7 => message.int64s.iter().map(|x| *x as f64).collect(),
        10 => message.int32s.iter().map(|bits| half(short(bits))).collect(),
        11 => message.doubles.clone(),
        12 | 13 => message.uint64s.iter().map(|x| *x as f64).collect(),
        16 => message.int32s.iter().map(|bits| brain(short(bits))).collect(),
        _ => message.int32s.iter().map(|x| f64::from(*x)).collect(),
    }
}

/// The bytes of a tensor that lies in a file beside the model, never elsewhere.
fn external_bytes(message: &Message, length: usize, beside: Beside<'_>) -> Result<Vec<u8>, Text> {
    let entry = |key: &str| message.external.iter().find(|entry| entry.key == key).map(|entry| entry.value.as_str());
    let file = entry("location").unwrap_or_default();
    let is_plain = !file.is_empty()
        && !file.contains(['\\', ':', '\0'])
        && file.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    if !is_plain {
        return Err(text(
            format!("수가 `{file}` 파일에 있다고 하는데, 모델의 폴더 안에 있는 파일만 읽습니다"),
            format!("its numbers are said to lie in `{file}`; only files within the model's folder are read"),
        ));
    }
    let offset = entry("offset").unwrap_or("0").parse::<u64>().ok();
    let stated = entry("length").map_or(Some(length), |length| length.parse().ok());
    match (offset, stated) {
        (Some(offset), Some(stated)) if stated == length => beside(file, offset, length),
        _ => Err(text(
            format!("`{file}` 안의 자리와 길이가 형상과 맞지 않습니다"),
            format!("its place and length in `{file}` do not fit its shape"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_floats() {
        for (bits, expected) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 2f64.powi(-24)),
            (0x03ff, 1023.0 * 2f64.powi(-24)),
            (0x3555, 0.333_251_953_125),
            (0xfc00, f64::NEG_INFINITY),
        ] {
            assert_eq!(half(bits), expected, "{bits:#x}");
        }
        assert!(half(0x7e00).is_nan());
        for (bits, expected) in [(0x3f80, 1.0), (0xc040, -3.0), (0x3dcd, 0.100_097_656_25)] {
            assert_eq!(brain(bits), expected, "{bits:#x}");
        }
    }

    #[test]
    fn shapes_that_are_none() {
        for dims in [&[-1][..], &[i64::MAX, i64::MAX], &[1; 9], &[1 << 40]] {
            assert!(shape_of(dims, 1000).is_err(), "{dims:?}");
        }
        assert_eq!(shape_of(&[0, 3], 1000), Ok(Shape::from([0, 3])));
    }
}
