//! Products of vectors and matrices, and transposes.

use super::level::{CALL, PRODUCT};
use super::variant::{is_absent, ranks};
use super::{
    Attr, AttrDefault, AttrKind, AttrValue, Attrs, BLANK, Family, Forward, Notation, Op, Rule, Spelling, Variant, Why,
    call, infix, phrase, spelled_by_rules, tight,
};
use crate::lang::{Text, text};
use crate::tensor::{MAX_RANK, Shape, View, ViewMut, broadcast_strides, offset_at, position, strides_of, walk};

/// What the rows of this file have in common.
const TENSOR: Op = Op { family: Family::Tensor, ..BLANK };

/// What is too much by then, along axes that were broadcast, is summed away with the product.
const PRODUCT_RULE: Rule = Rule::Vjp(|shapes| match (shapes[0].rank(), shapes[1].rank()) {
    (1, 1) => &["g * b", "g * a"],
    (2, 1) => &["outer(g, b)", "a.T @ g"],
    (1, 2) => &["b @ g", "outer(a, g)"],
    (2, 2) => &["g @ b.T", "a.T @ g"],
    (_, 1) => &["column(g) * b", "column(g) * a"],
    (1, _) => &["sum(b * row(g), axis=-1)", "column(a) * row(g)"],
    _ => &["g @ swapped(b)", "swapped(a) @ g"],
});

pub const OPS: &[Op] = &[
    Op {
        name: "@",
        aliases: &["matmul"],
        title: phrase("행렬곱", "matrix product"),
        glyph: "@",
        notation: Notation::Infix { level: PRODUCT, right: false },
        inputs: &["a", "b"],
        forward: Forward::Structural { shape: matmul_shape, kernel: matmul },
        rule: PRODUCT_RULE,
        spelling: Spelling {
            latex: infix("#1 #2", PRODUCT),
            js: call("bp.matmul(#0, #1, #2)"),
            torch: infix("#1 @ #2", PRODUCT),
            jax: infix("#1 @ #2", PRODUCT),
            tensorflow: infix("#1 @ #2", PRODUCT),
            numpy: infix("#1 @ #2", PRODUCT),
        },
        variants: &[
            Variant {
                tensorflow: Some(call("tf.tensordot(#1, #2, 1)")),
                ..Variant::when(Why::Shape, |x, _| ranks(x) == (1, 1))
            },
            Variant {
                tensorflow: Some(call("tf.linalg.matvec(#1, #2)")),
                ..Variant::when(Why::Shape, |x, _| ranks(x).1 == 1)
            },
            Variant {
                tensorflow: Some(call("tf.linalg.matvec(#2, #1, transpose_a=True)")),
                ..Variant::when(Why::Shape, |x, _| ranks(x).0 == 1)
            },
        ],
        about: phrase(
            "행렬곱이다. 앞 행렬의 열 수와 뒤 행렬의 행 수가 같아야 한다. 세 축 이상이면 마지막 두 축이 행렬이고 그 앞의 축은 브로드캐스팅한다. 역전파에서는 상류에서 온 기울기에 상대 행렬의 전치를 곱하며, 곱하는 쪽(왼쪽, 오른쪽)은 형상이 맞는 쪽 하나뿐이다.",
            "The matrix product: the columns of the first and the rows of the second must agree. With more than two axes the last two are the matrices, and the axes before them broadcast. In the backward pass the upstream gradient is multiplied by the transpose of the other matrix, on the one side where the shapes fit.",
        ),
        examples: &[
            "X = [[1, 2], [3, 4]]\nW = [[1], [-1]]\ns = sum(X @ W)\nexpect s = -2\nexpect ds/dW[0,0] = 4\nexpect ds/dW[1,0] = 6\nexpect ds/dX[0,1] = -1",
        ],
        ..TENSOR
    },
    Op {
        name: "dot",
        title: phrase("내적", "dot product"),
        glyph: "·",
        inputs: &["a", "b"],
        forward: Forward::Structural {
            shape: |shapes, attrs| {
                if shapes[0].rank() > 1 && shapes[1].rank() > 2 {
                    return Err(text(
                        format!(
                            "dot(#1, #2): {} · {}. 세 축 이상인 텐서끼리는 뜻이 갈립니다. 행렬곱은 `@`로 씁니다",
                            shapes[0], shapes[1]
                        ),
                        format!(
                            "dot(#1, #2): {} · {}. Of tensors with more axes it has several meanings; matrices are multiplied with `@`",
                            shapes[0], shapes[1]
                        ),
                    ));
                }
                matmul_shape(shapes, attrs)
            },
            kernel: matmul,
        },
        rule: PRODUCT_RULE,
        spelling: Spelling {
            latex: infix(r"#1 \cdot #2", PRODUCT),
            js: call("bp.matmul(#0, #1, #2)"),
            torch: call("torch.matmul(#1, #2)"),
            jax: call("jnp.dot(#1, #2)"),
            tensorflow: infix("#1 @ #2", PRODUCT),
            numpy: call("np.dot(#1, #2)"),
        },
        variants: &[
            Variant {
                tensorflow: Some(call("tf.tensordot(#1, #2, 1)")),
                ..Variant::when(Why::Shape, |x, _| ranks(x) == (1, 1))
            },
            Variant {
                tensorflow: Some(call("tf.linalg.matvec(#1, #2)")),
                ..Variant::when(Why::Shape, |x, _| ranks(x).1 == 1)
            },
            Variant {
                tensorflow: Some(call("tf.linalg.matvec(#2, #1, transpose_a=True)")),
                ..Variant::when(Why::Shape, |x, _| ranks(x).0 == 1)
            },
        ],
        about: phrase(
            "두 벡터의 원소끼리 곱해 더한다. 한 벡터의 기울기는 다른 벡터에 상류에서 온 기울기를 곱한 것이다. NumPy의 dot처럼 행렬에는 행렬곱을 뜻한다. 세 축 이상에서는 NumPy와 PyTorch의 뜻이 갈리므로 행렬에 세 축 이상인 텐서를 곱하지 않는다.",
            "Multiplies two vectors element by element and adds up. The gradient of one vector is the other times the upstream gradient. For matrices it means the matrix product, as NumPy's dot does. With more axes NumPy and PyTorch mean different things, so a matrix times a tensor of three or more axes is refused.",
        ),
        examples: &[
            "a = [1, 2, 3]\nb = [4, -5, 6]\ny = dot(a, b)\nexpect y = 12\nexpect dy/da[1] = -5\nexpect dy/db[2] = 3",
            "W = [[1, 2], [3, 4]]\nx = [5, 6]\ny = sum(dot(W, x) * [1, 10])\nexpect y = 407\nexpect dy/dW[1,0] = 50\nexpect dy/dx[1] = 42",
        ],
        ..TENSOR
    },
    Op {
        name: "outer",
        title: phrase("외적", "outer product"),
        glyph: "⊗",
        inputs: &["a", "b"],
        forward: Forward::Structural {
            shape: |shapes, _| match (shapes[0].0.as_slice(), shapes[1].0.as_slice()) {
                ([m], [n]) => Ok(Shape::from([*m, *n])),
                _ => Err(text(
                    format!("벡터 두 개가 필요한데 형상이 {}, {}입니다", shapes[0], shapes[1]),
                    format!("needs two vectors, the shapes are {} and {}", shapes[0], shapes[1]),
                )),
            },
            kernel: |x, _, out| {
                for (row, a) in out.elements.chunks_mut(x[1].elements.len().max(1)).zip(x[0].elements) {
                    row.iter_mut().zip(x[1].elements).for_each(|(y, b)| *y = a * b);
                }
            },
        },
        rule: Rule::Vjp(|_| &["g @ b", "g.T @ a"]),
        spelling: Spelling {
            latex: infix(r"#1 \otimes #2", PRODUCT),
            js: call("bp.outer(#0, #1, #2)"),
            torch: call("torch.outer(#1, #2)"),
            jax: call("jnp.outer(#1, #2)"),
            tensorflow: call("tf.tensordot(#1, #2, axes=0)"),
            numpy: call("np.outer(#1, #2)"),
        },
        about: phrase(
            "두 벡터의 원소를 모든 짝으로 곱해 행렬을 만든다. 행렬과 벡터를 곱했을 때 행렬의 기울기가 바로 이 꼴이다.",
            "Multiplies every pair of elements of two vectors into a matrix. The gradient of the matrix in a matrix-vector product has this form.",
        ),
        examples: &[
            "a = [1, 2]\nb = [3, 4, 5]\ny = sum(outer(a, b))\nexpect y = 36\nexpect dy/da[0] = 12\nexpect dy/db[2] = 3",
        ],
        ..TENSOR
    },
    Op {
        name: "transpose",
        notation: Notation::Postfix { token: "T" },
        title: phrase("전치", "transpose"),
        glyph: "T",
        attrs: &[Attr { name: "axes", kind: AttrKind::Integers, default: AttrDefault::Absent, needs: None }],
        forward: Forward::Structural {
            shape: |shapes, attrs| {
                let order = order_of(attrs, shapes[0].rank()).ok_or_else(|| {
                    text(
                        format!("`axes`는 0부터 {}까지를 한 번씩 나열해야 합니다", shapes[0].rank().max(1) - 1),
                        format!("`axes` must list 0 to {} once each", shapes[0].rank().max(1) - 1),
                    )
                })?;
                Ok(Shape(order[..shapes[0].rank()].iter().map(|&axis| shapes[0].0[axis]).collect()))
            },
            kernel: |x, attrs, out| {
                let (own, order) = (strides_of(x[0].extents), order_of(attrs, x[0].extents.len()).unwrap_or_default());
                permute(x[0], |axis| own[order[axis]], out);
            },
        },
        rule: Rule::Vjp(|_| &["transpose_back(g, axes=axes)"]),
        spelling: Spelling {
            latex: tight("{#1}^{\\mathsf{T}}", super::level::POWER, super::level::ATOM),
            js: call("bp.transpose(#0, #1, #axes)"),
            torch: call("torch.permute(#1, [#axes])"),
            jax: call("jnp.transpose(#1, [#axes])"),
            tensorflow: call("tf.transpose(#1, [#axes])"),
            numpy: call("np.transpose(#1, [#axes])"),
        },
        variants: &[
            Variant {
                torch: Some(tight("#1.T", CALL, CALL)),
                jax: Some(tight("#1.T", CALL, CALL)),
                tensorflow: Some(call("tf.transpose(#1)")),
                numpy: Some(tight("#1.T", CALL, CALL)),
                ..Variant::when(Why::Shape, |x, attrs| is_absent(attrs) && x[0].extents.len() == 2)
            },
            Variant {
                torch: Some(call("torch.permute(#1, tuple(range(#1.ndim))[::-1])")),
                jax: Some(call("jnp.transpose(#1)")),
                tensorflow: Some(call("tf.transpose(#1)")),
                numpy: Some(call("np.transpose(#1)")),
                ..Variant::when(Why::Shape, |_, attrs| is_absent(attrs))
            },
        ],
        about: phrase(
            "행과 열을 바꾼다. 세 축 이상이면 모든 축의 순서를 뒤집고, axes를 주면 그 순서대로 놓는다. 역전파에서는 기울기의 축을 원래 순서로 되돌린다. `A.T`라고도 쓴다.",
            "Swaps rows and columns. With more than two axes it reverses them all, or puts them in the order that `axes` says. In the backward pass the gradient's axes go back to where they were. It may be written `A.T`.",
        ),
        examples: &[
            "A = [[1, 2, 3], [4, 5, 6]]\nx = [1, -1]\ny = sum((A.T @ x) * [1, 2, 3])\nexpect y = -18\nexpect dy/dA[0,2] = 3\nexpect dy/dx[1] = 32",
            "A = [[[1, 2], [3, 4], [5, 6]]]\nB = transpose(A, axes=[2, 0, 1])\ny = sum(B * [[[0, 0, 0]], [[1, 10, 100]]])\nexpect y = 642\nexpect dy/dA[0,2,1] = 100\nexpect dy/dA[0,2,0] = 0",
        ],
        ..TENSOR
    },
    Op {
        // The upstream gradient of `transpose`, put back in the order of the input's axes.
        name: "transpose_back",
        glyph: "T",
        attrs: &[Attr { name: "axes", kind: AttrKind::Integers, default: AttrDefault::Absent, needs: None }],
        spelling: Spelling {
            torch: call("torch.permute(#1, np.argsort([#axes]).tolist())"),
            jax: call("jnp.transpose(#1, np.argsort([#axes]))"),
            tensorflow: call("tf.transpose(#1, np.argsort([#axes]))"),
            numpy: call("np.transpose(#1, np.argsort([#axes]))"),
            ..spelled_by_rules("{#1}^{\\mathsf{T}}", "bp.transposeBack(#0, #1, #axes)")
        },
        variants: &[
            Variant {
                torch: Some(tight("#1.T", CALL, CALL)),
                jax: Some(tight("#1.T", CALL, CALL)),
                tensorflow: Some(call("tf.transpose(#1)")),
                numpy: Some(tight("#1.T", CALL, CALL)),
                ..Variant::when(Why::Shape, |x, attrs| is_absent(attrs) && x[0].extents.len() == 2)
            },
            Variant {
                torch: Some(call("torch.permute(#1, tuple(range(#1.ndim))[::-1])")),
                jax: Some(call("jnp.transpose(#1)")),
                tensorflow: Some(call("tf.transpose(#1)")),
                numpy: Some(call("np.transpose(#1)")),
                ..Variant::when(Why::Shape, |_, attrs| is_absent(attrs))
            },
        ],
        forward: Forward::Structural {
            shape: |shapes, attrs| {
                let rank = shapes[0].rank();
                let order = order_of(attrs, rank).unwrap_or_default();
                let mut extents = vec![0; rank];
                (0..rank).for_each(|axis| extents[order[axis]] = shapes[0].0[axis]);
                Ok(Shape::from(extents))
            },
            kernel: |x, attrs, out| {
                let (own, order) = (strides_of(x[0].extents), order_of(attrs, x[0].extents.len()).unwrap_or_default());
                permute(x[0], |axis| order.iter().position(|o| *o == axis).map_or(0, |place| own[place]), out);
            },
        },
        rule: Rule::Vjp(|_| &["transpose(g, axes=axes)"]),
        ..BLANK
    },
    Op {
        name: "swapped",
        glyph: "T",
        spelling: Spelling {
            torch: tight("#1.mT", CALL, CALL),
            jax: call("jnp.swapaxes(#1, -1, -2)"),
            tensorflow: call("tf.linalg.matrix_transpose(#1)"),
            numpy: call("np.swapaxes(#1, -1, -2)"),
            ..spelled_by_rules("{#1}^{\\mathsf{T}}", "bp.swapped(#0, #1)")
        },
        variants: &[
            Variant::in_code(|x, _| x[0].extents.len() < 2, infix("#1", PRODUCT)),
            Variant {
                jax: Some(tight("#1.T", CALL, CALL)),
                numpy: Some(tight("#1.T", CALL, CALL)),
                ..Variant::when(Why::Shape, |x, _| x[0].extents.len() == 2)
            },
        ],
        forward: Forward::Structural {
            shape: |shapes, _| Ok(swapped(shapes[0])),
            kernel: |x, _, out| {
                let (own, rank) = (strides_of(x[0].extents), x[0].extents.len());
                let from = |axis: usize| if axis + 2 >= rank && rank > 1 { 2 * rank - 3 - axis } else { axis };
                permute(x[0], |axis| own[from(axis)], out);
            },
        },
        rule: Rule::Vjp(|_| &["swapped(g)"]),
        ..BLANK
    },
    Op {
        // A further axis behind the others: a vector as a column.
        name: "column",
        glyph: "|",
        spelling: spelled_by_rules("#1", "bp.copy(#0, #1)").in_code(tight("#1[..., None]", CALL, CALL)),
        forward: Forward::Structural {
            shape: |shapes, _| Ok(Shape(shapes[0].0.iter().copied().chain([1]).collect())),
            kernel: |x, _, out| out.elements.copy_from_slice(x[0].elements),
        },
        rule: Rule::Vjp(|_| &["reshape_as(g, a)"]),
        ..BLANK
    },
    Op {
        // A further axis before the last: a vector as a row.
        name: "row",
        glyph: "—",
        spelling: spelled_by_rules("#1", "bp.copy(#0, #1)").in_code(tight("#1[..., None, :]", CALL, CALL)),
        forward: Forward::Structural {
            shape: |shapes, _| {
                let mut extents = shapes[0].0.clone();
                extents.insert(extents.len().saturating_sub(1), 1);
                Ok(Shape(extents))
            },
            kernel: |x, _, out| out.elements.copy_from_slice(x[0].elements),
        },
        rule: Rule::Vjp(|_| &["reshape_as(g, a)"]),
        ..BLANK
    },
];

/// The extents of an operand of a matrix product as (axes before, rows, columns); a vector is a row on the left and a
/// column on the right.
fn as_matrix(extents: &[usize], is_left: bool) -> (&[usize], usize, usize) {
    match extents {
        [] => (&[], 1, 1),
        [n] if is_left => (&[], 1, *n),
        [n] => (&[], *n, 1),
        [before @ .., rows, columns] => (before, *rows, *columns),
    }
}

fn matmul_shape(shapes: &[&Shape], _: &Attrs) -> Result<Shape, Text> {
    let (a, b) = (&shapes[0].0, &shapes[1].0);
    if a.is_empty() || b.is_empty() {
        return Err(text(
            format!(
                "#1 @ #2: {} · {}. 행렬곱에는 벡터나 행렬이 필요합니다. 수를 곱할 때는 `*`를 씁니다",
                shapes[0], shapes[1]
            ),
            format!(
                "#1 @ #2: {} · {}. A matrix product takes vectors or matrices; numbers are multiplied with `*`",
                shapes[0], shapes[1]
            ),
        ));
    }
    let (before_a, m, k) = as_matrix(a, true);
    let (before_b, l, n) = as_matrix(b, false);
    if k != l {
        return Err(text(
            format!("#1 @ #2: {} · {}. #1의 열 수({k})와 #2의 행 수({l})가 다릅니다", shapes[0], shapes[1]),
            format!("#1 @ #2: {} · {}. The columns of #1 ({k}) and the rows of #2 ({l}) differ", shapes[0], shapes[1]),
        ));
    }
    let before = Shape::from(before_a).broadcast(&Shape::from(before_b)).ok_or_else(|| {
        text(
            format!("#1 @ #2: {} · {}. 행렬 앞의 축을 브로드캐스팅으로 맞출 수 없습니다", shapes[0], shapes[1]),
            format!(
                "#1 @ #2: {} · {}. The axes before the matrices cannot be broadcast together",
                shapes[0], shapes[1]
            ),
        )
    })?;
    let rows = (a.len() > 1).then_some(m);
    let columns = (b.len() > 1).then_some(n);
    Ok(Shape(before.0.into_iter().chain(rows).chain(columns).collect()))
}

fn matmul(x: &[View<'_>], _: &Attrs, out: &mut ViewMut<'_>) {
    let (before_a, m, k) = as_matrix(x[0].extents, true);
    let (before_b, _, n) = as_matrix(x[1].extents, false);
    let kept = usize::from(x[0].extents.len() > 1) + usize::from(x[1].extents.len() > 1);
    let before = &out.extents[..out.extents.len() - kept];
    if before.is_empty() {
        return multiply(x[0].elements, x[1].elements, (m, k, n), out.elements);
    }
    let (strides_a, strides_b) = (broadcast_strides(before_a, before), broadcast_strides(before_b, before));
    let elements = &mut *out.elements;
    walk(before, &strides_a, |place, at_a| {
        let at_b = offset_at(place, before, &strides_b);
        multiply(
            &x[0].elements[at_a * m * k..][..m * k],
            &x[1].elements[at_b * k * n..][..k * n],
            (m, k, n),
            &mut elements[place * m * n..][..m * n],
        );
    });
}

/// (m, k) · (k, n). Each entry is summed in the order of k: the bits do not depend on how the entries are grouped, nor
/// on the processor's vector units.
fn multiply(a: &[f64], b: &[f64], (m, k, n): (usize, usize, usize), out: &mut [f64]) {
    if k == 0 {
        return out.fill(0.0);
    }
    let mut i = 0;
    while i + 4 <= m {
        multiply_rows::<4>(&a[i * k..], b, (k, n), &mut out[i * n..]);
        i += 4;
    }
    while i < m {
        multiply_rows::<1>(&a[i * k..], b, (k, n), &mut out[i * n..]);
        i += 1;
    }
}

/// The first `R` rows of a product, in blocks of columns.
fn multiply_rows<const R: usize>(a: &[f64], b: &[f64], (k, n): (usize, usize), out: &mut [f64]) {
    let mut j = 0;
    while j + 4 <= n {
        multiply_block::<R, 4>(a, &b[j..], (k, n), &mut out[j..]);
        j += 4;
    }
    while j + 2 <= n {
        multiply_block::<R, 2>(a, &b[j..], (k, n), &mut out[j..]);
        j += 2;
    }
    while j < n {
        multiply_block::<R, 1>(a, &b[j..], (k, n), &mut out[j..]);
        j += 1;
    }
}

/// `R` rows and `N` columns of a product, whose sums stand side by side in registers.
fn multiply_block<const R: usize, const N: usize>(a: &[f64], b: &[f64], (k, n): (usize, usize), out: &mut [f64]) {
    let rows: [&[f64]; R] = std::array::from_fn(|r| &a[r * k..(r + 1) * k]);
    let mut sums = [[0.0; N]; R];
    for p in 0..k {
        let b = &b[p * n..p * n + N];
        for r in 0..R {
            let a = rows[r][p];
            for c in 0..N {
                sums[r][c] += a * b[c];
            }
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        out[r * n..r * n + N].copy_from_slice(sums);
    }
}

/// The order of axes that `transpose` is asked for: those given, or all reversed.
fn order_of(attrs: &Attrs, rank: usize) -> Option<[usize; MAX_RANK]> {
    let mut order = [0; MAX_RANK];
    let Some(AttrValue::Integers(given)) = attrs.0.first() else {
        (0..rank).for_each(|axis| order[axis] = rank - 1 - axis);
        return Some(order);
    };
    let mut seen = [false; MAX_RANK];
    for (place, &axis) in given.iter().enumerate() {
        let axis = position(axis, rank).filter(|axis| !seen[*axis] && place < rank)?;
        seen[axis] = true;
        order[place] = axis;
    }
    (given.len() == rank).then_some(order)
}

/// Copies a tensor whose axes have been put in another order; `stride` gives the stride of each of the new axes.
fn permute(x: View<'_>, stride: impl Fn(usize) -> usize, out: &mut ViewMut<'_>) {
    let mut strides = [0; MAX_RANK];
    (0..out.extents.len()).for_each(|axis| strides[axis] = stride(axis));
    walk(out.extents, &strides, |place, offset| out.elements[place] = x.elements[offset]);
}

/// The extents with those of the last two axes exchanged.
fn swapped(shape: &Shape) -> Shape {
    let mut extents = shape.0.clone();
    if let [.., a, b] = extents.as_mut_slice() {
        std::mem::swap(a, b);
    }
    Shape(extents)
}
