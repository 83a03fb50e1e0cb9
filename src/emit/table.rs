//! A table in text: one line per node, columns aligned by what a terminal shows.

use crate::graph::Run;
use crate::lang::Tongue;
use crate::num;
use crate::tensor::Tensor;
use unicode_width::UnicodeWidthStr;

/// The run as a table: node, operation, value, partial derivative of the output, caption. The first row is its head.
pub fn table_rows(run: &Run, tongue: Tongue, language: usize, precision: usize) -> Vec<[String; 5]> {
    let output = run.graph.outputs.first().map_or("", |output| run.graph.name(*output));
    let (node, operation, value) = match tongue {
        Tongue::Ko => ("노드", "연산", "값"),
        Tongue::En => ("node", "operation", "value"),
    };
    let mut rows =
        vec![[node.to_owned(), operation.to_owned(), value.to_owned(), format!("∂{output}/∂·"), String::new()]];
    for index in run.graph.named() {
        let grad = run.grad(index).map_or_else(|| "·".to_owned(), |grad| short(&grad, precision));
        let caption: String = run.graph.caption_of(index, language).chars().filter(|c| !c.is_control()).collect();
        rows.push([
            run.graph.name(index).to_owned(),
            run.graph.dag[index].op_word().to_owned(),
            short(run.value(index), precision),
            grad,
            caption,
        ]);
    }
    rows
}

/// That table with its columns aligned.
pub fn table(run: &Run, tongue: Tongue, language: usize, precision: usize) -> String {
    let rows = table_rows(run, tongue, language, precision);
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..5).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.width())))
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// A value in a cell of a table: of a large tensor the first elements.
pub fn short(tensor: &Tensor, precision: usize) -> String {
    match tensor.as_scalar() {
        Some(x) => num::plain(x, precision),
        None => {
            let elements = tensor.elements();
            let shown: Vec<String> = elements.iter().take(6).map(|x| num::plain(*x, precision)).collect();
            let rest = if elements.len() > 6 { ", …" } else { "" };
            format!("{} [{}{rest}]", tensor.shape(), shown.join(", "))
        }
    }
}
