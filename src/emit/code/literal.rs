//! Numbers and tensors as Python writes them, all digits kept.

use crate::tensor::Tensor;

/// Longer lists stand on several lines.
const ONE_LINE: usize = 72;
/// Lines of numbers end here.
const WIDTH: usize = 96;

/// A number that is a float in Python, too.
pub(super) fn float(x: f64) -> String {
    match x {
        x if x.is_nan() => "float('nan')".to_owned(),
        f64::INFINITY => "float('inf')".to_owned(),
        f64::NEG_INFINITY => "-float('inf')".to_owned(),
        // The shortest text that reads back as the same number, with a point or an exponent.
        x => format!("{x:?}"),
    }
}

/// A number beside an operator, where a whole one needs no point.
pub(super) fn number(x: f64) -> String {
    let is_short = x.fract() == 0.0 && x.abs() < 1e9 && !(x == 0.0 && x.is_sign_negative());
    if is_short { format!("{x:.0}") } else { float(x) }
}

/// A tensor as nested lists, over several lines if it is long; they stand `indent` spaces in.
pub(super) fn array(tensor: &Tensor, indent: usize) -> String {
    nested(tensor.view().extents, tensor.elements(), indent)
}

fn nested(extents: &[usize], elements: &[f64], indent: usize) -> String {
    let Some((_, inner)) = extents.split_first() else {
        return elements.first().copied().map(float).unwrap_or_default();
    };
    if elements.is_empty() {
        return "[]".to_owned();
    }
    let row: usize = inner.iter().product::<usize>().max(1);
    let items: Vec<String> = elements.chunks(row).map(|row| nested(inner, row, indent + 4)).collect();
    let is_short = items.iter().map(|item| item.len() + 2).sum::<usize>() <= ONE_LINE;
    if is_short && !items.iter().any(|item| item.contains('\n')) {
        return format!("[{}]", items.join(", "));
    }
    let lines = if inner.is_empty() { filled(&items, indent + 4) } else { items };
    let pad = " ".repeat(indent + 4);
    let body: String = lines.iter().map(|line| format!("{pad}{line},\n")).collect();
    format!("[\n{body}{}]", " ".repeat(indent))
}

/// Items in lines of about the same length, with commas between them.
pub(super) fn filled(items: &[String], indent: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for item in items {
        match lines.last_mut() {
            Some(line) if indent + line.chars().count() + item.chars().count() + 3 <= WIDTH => {
                line.push_str(", ");
                line.push_str(item);
            }
            _ => lines.push(item.clone()),
        }
    }
    lines
}

/// Items between brackets, on one line if they fit.
pub(super) fn enclosed((open, close): (&str, &str), items: &[String], indent: usize) -> String {
    let line = items.join(", ");
    if line.chars().count() <= ONE_LINE {
        return format!("{open}{line}{close}");
    }
    let pad = " ".repeat(indent + 4);
    let body: String = filled(items, indent + 4).iter().map(|line| format!("{pad}{line},\n")).collect();
    format!("{open}\n{body}{}{close}", " ".repeat(indent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Shape;

    #[test]
    fn numbers_keep_their_digits_and_long_lists_their_lines() {
        assert_eq!([2.0, 0.1, 1e300, -0.0].map(float), ["2.0", "0.1", "1e300", "-0.0"]);
        assert_eq!([2.0, -3.0, 0.5, 1e300, -0.0].map(number), ["2", "-3", "0.5", "1e300", "-0.0"]);
        let matrix = Tensor::new(&Shape::from([2, 2]), vec![1.0, 2.0, 3.0, 4.5]);
        assert_eq!(array(&matrix, 0), "[[1.0, 2.0], [3.0, 4.5]]");
        let long = Tensor::new(&Shape::from([40]), vec![1.0 / 3.0; 40]);
        let text = array(&long, 0);
        assert!(text.lines().count() > 5 && text.lines().all(|line| line.len() <= WIDTH), "{text}");
    }
}
