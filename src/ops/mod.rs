//! The table of ops: rows of data. In: a name or a token; out: the row that says everything about the op.
//! From one row come the number on an edge, the formula in a derivation, the gradient graph, the listings
//! and the op's page. This room does not know graphs, notes or drawings.

use crate::lang::{Text, Tongue};
use crate::num;
use crate::tensor::{Shape, View, ViewMut};
use std::collections::HashMap;
use std::sync::OnceLock;
use thin_vec::ThinVec;

/// An element-wise computation, from what it does to one number of each input.
macro_rules! kernel {
    ($f:expr) => {
        $crate::ops::Kernel {
            one: $f,
            each: |inputs, attrs, out| $crate::ops::for_each_element($f, inputs, attrs, out),
        }
    };
}

/// The forward computation of an element-wise op.
macro_rules! elementwise {
    ($f:expr) => {
        $crate::ops::Forward::Elementwise(kernel!($f))
    };
}

mod activation;
mod arith;
mod convolution;
mod elementary;
mod exponential;
mod helpers;
mod loss;
mod matrix;
mod network;
mod pick;
pub(crate) mod random;
mod reduce;
mod shape;
mod softmax;
mod summation;
#[cfg(test)]
mod tests;
mod variant;

pub use variant::{Variant, Why};

/// Words of a table in both tongues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// Korean.
    pub ko: &'static str,
    /// English.
    pub en: &'static str,
}

/// A phrase, Korean first.
pub const fn phrase(ko: &'static str, en: &'static str) -> Phrase {
    Phrase { ko, en }
}

impl Phrase {
    /// The phrase as a text.
    pub const fn text(self) -> Text {
        Text::fixed(self.ko, self.en)
    }

    /// The phrase in one tongue.
    pub const fn text_in(self, tongue: Tongue) -> &'static str {
        match tongue {
            Tongue::Ko => self.ko,
            Tongue::En => self.en,
        }
    }
}

/// One op: all that bpdoc knows about it.
#[derive(Clone, Copy, Debug)]
pub struct Op {
    /// The name in the notes' language; for an operator its token (`+`).
    pub name: &'static str,
    /// Other names that mean the same op (`matmul` for `@`).
    pub aliases: &'static [&'static str],
    /// Where it is listed.
    pub family: Family,
    /// What it is called.
    pub title: Phrase,
    /// What its node shows: `×`, `σ`, `exp`.
    pub glyph: &'static str,
    /// How it is written in the notes' language.
    pub notation: Notation,
    /// Names of the tensor inputs, as the rules call them. An input called `like` lends nothing but its shape.
    pub inputs: &'static [&'static str],
    /// Whether the last input stands for one or more, written as a list: `concat([a, b], axis=0)`. In a rule its
    /// name stands for all of them, and `place` for the position of the one whose gradient the rule gives.
    pub is_variadic: bool,
    /// Attributes, in their positional order after the inputs.
    pub attrs: &'static [Attr],
    /// The forward computation.
    pub forward: Forward,
    /// The derivative, in the notes' own language.
    pub rule: Rule,
    /// For an element-wise op of one input whose rule takes several ops: the rule's number from the input and the
    /// op's value at once, for training. A test holds it to the rule.
    pub slope: Option<Kernel>,
    /// Formulas, over the inputs' names, that this op computes without the overflow or the lost digits of theirs.
    pub replaces: &'static [&'static str],
    /// Where it is defined, if not for all numbers.
    pub domain: Option<Domain>,
    /// For ops whose inputs must suit each other beyond their shapes, such as labels that name a class: why they
    /// do not. What it refuses is an error; the kernel must still not panic there.
    pub refuses: Option<Refusal>,
    /// How it is written elsewhere.
    pub spelling: Spelling,
    /// How programs write it where the usual spelling does not fit; the first that applies.
    pub variants: &'static [Variant],
    /// Two or three sentences for the op's page: what it does, what is done at its kinks and edges, and what
    /// PyTorch, JAX and TensorFlow do there.
    pub about: Phrase,
    /// Graph blocks with claims, shown on the op's page and checked by a test.
    pub examples: &'static [&'static str],
}

/// Why an op refuses the values of its inputs, if it does.
pub type Refusal = fn(&[View<'_>], &Attrs) -> Option<Text>;

/// A row that says nothing yet; the rows of the table name what they have.
const BLANK: Op = Op {
    name: "",
    aliases: &[],
    family: Family::Rule,
    title: phrase("", ""),
    glyph: "",
    notation: Notation::Call,
    inputs: &["a"],
    is_variadic: false,
    attrs: &[],
    forward: elementwise!(|_, _| f64::NAN),
    rule: Rule::Flat,
    slope: None,
    replaces: &[],
    domain: None,
    refuses: None,
    spelling: calls("", "", "", "", "", ""),
    variants: &[],
    about: phrase("", ""),
    examples: &[],
};

/// The spellings of an op that is a call in every language: TeX, JavaScript, PyTorch, JAX, TensorFlow, NumPy.
const fn calls(
    latex: &'static str,
    js: &'static str,
    torch: &'static str,
    jax: &'static str,
    tensorflow: &'static str,
    numpy: &'static str,
) -> Spelling {
    Spelling {
        latex: call(latex),
        js: call(js),
        torch: call(torch),
        jax: call(jax),
        tensorflow: call(tensorflow),
        numpy: call(numpy),
    }
}

/// An op of the rules, which readers meet in formulas and in programs, and the browser on tapes.
const fn spelled_by_rules(latex: &'static str, js: &'static str) -> Spelling {
    Spelling { latex: call(latex), js: call(js), ..BLANK.spelling }
}

/// The group under which an op is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// `+ - * / ^`, comparisons, `where`, `max`.
    Arithmetic,
    /// `exp`, `log`, `sin` and their kin.
    Elementary,
    /// Activation functions.
    Activation,
    /// Ops on shapes and axes.
    Tensor,
    /// Layers of networks: convolution, pooling, normalisation, attention.
    Network,
    /// Losses.
    Loss,
    /// Needed by the rules of other ops only; not to be written in a note.
    Rule,
}

impl Family {
    /// What the group is called.
    pub const fn title(self) -> Phrase {
        match self {
            Self::Arithmetic => phrase("산술과 비교", "Arithmetic and comparison"),
            Self::Elementary => phrase("초등 함수", "Elementary functions"),
            Self::Activation => phrase("활성화 함수", "Activation functions"),
            Self::Tensor => phrase("텐서", "Tensors"),
            Self::Network => phrase("신경망의 층", "Layers of networks"),
            Self::Loss => phrase("손실 함수", "Losses"),
            Self::Rule => phrase("규칙에만 쓰는 연산", "For rules alone"),
        }
    }
}

/// How an op is written in the notes' language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// `name(a, b, attr=1)`.
    Call,
    /// Between its operands; the call form is allowed, too, if the name is an identifier.
    Infix {
        /// How tightly it binds.
        level: Level,
        /// Whether `a ? b ? c` means `a ? (b ? c)`.
        right: bool,
    },
    /// Behind its operand, after a dot: `a.T`; the call form is allowed, too.
    Postfix {
        /// What stands after the dot.
        token: &'static str,
    },
    /// Behind its operand, with its attribute in brackets: `a[0, 1:3]`.
    Index,
    /// Before its operand.
    Prefix {
        /// The token, where the op has a name of its own.
        token: &'static str,
        /// How tightly it binds.
        level: Level,
    },
}

/// How tightly a piece of notation binds; higher is tighter.
pub type Level = u8;

/// The levels of binding, in the notes' language and in every language that an op is spelled in.
pub mod level {
    use super::Level;
    /// Anything goes.
    pub const LOWEST: Level = 0;
    /// `> >= < <= ==`.
    pub const COMPARISON: Level = 40;
    /// `+ -`.
    pub const SUM: Level = 50;
    /// In mathematics: a number or product with a sign in front, which stands bare only at the start.
    pub const SIGNED: Level = 55;
    /// `* / @`.
    pub const PRODUCT: Level = 60;
    /// `-x`.
    pub const UNARY: Level = 70;
    /// `x^2`.
    pub const POWER: Level = 80;
    /// `f(x)`, `a[0]`, `a.T`.
    pub const CALL: Level = 90;
    /// A name or a number.
    pub const ATOM: Level = 100;
}

/// An attribute: a number or a list that shapes the op and gets no gradient.
#[derive(Clone, Copy, Debug)]
pub struct Attr {
    /// Its keyword.
    pub name: &'static str,
    /// What it holds.
    pub kind: AttrKind,
    /// Its value if it is not given.
    pub default: AttrDefault,
    /// For a number that may not be just any: which it may be.
    pub needs: Option<Needs>,
}

/// An attribute that is a number.
pub const fn number(name: &'static str, default: f64, needs: Option<Needs>) -> Attr {
    Attr { name, kind: AttrKind::Number, default: AttrDefault::Number(default), needs }
}

/// Which numbers an attribute may be.
#[derive(Clone, Copy, Debug)]
pub struct Needs {
    /// Whether it may be this number, given the other attributes.
    pub holds: fn(f64, &Attrs) -> bool,
    /// What it needs, as a clause: "must be greater than 0".
    pub words: Phrase,
}

/// More than nothing.
pub const POSITIVE: Option<Needs> =
    Some(Needs { holds: |x, _| x > 0.0, words: phrase("0보다 커야 합니다", "must be greater than 0") });

/// 0 or more.
pub const NOT_NEGATIVE: Option<Needs> =
    Some(Needs { holds: |x, _| x >= 0.0, words: phrase("0 이상이어야 합니다", "must not be negative") });

/// A share that is not the whole.
pub const SHARE: Option<Needs> = Some(Needs {
    holds: |x, _| (0.0..1.0).contains(&x),
    words: phrase("0 이상 1 미만이어야 합니다", "must be at least 0 and less than 1"),
});

/// What an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttrKind {
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Flag,
    /// A list of whole numbers.
    Integers,
    /// What stands between the brackets of an index; never given by keyword.
    Picks,
}

/// An attribute's value if it is not given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AttrDefault {
    /// It must be given.
    Required,
    /// Leaving it out has a meaning of its own (`axis`: over all axes).
    Absent,
    /// A number.
    Number(f64),
    /// A flag.
    Flag(bool),
}

/// The value of an attribute at one use of the op.
#[derive(Clone, Debug, PartialEq)]
pub enum AttrValue {
    /// Left out.
    Absent,
    /// A number, whole or not.
    Number(f64),
    /// A flag.
    Flag(bool),
    /// A list of whole numbers.
    Integers(Vec<i64>),
    /// What stands between the brackets of an index.
    Picks(Vec<Pick>),
}

/// What an index picks along one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// One place; a negative one counts from the end. The axis is gone.
    At(i64),
    /// From one place up to, not including, another, as in Python; by default from the start and to the end.
    Range(Option<i64>, Option<i64>),
}

/// The values of an op's attributes at one use, in the row's order. As thin as a pointer, since a graph has one for
/// each gate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attrs(pub ThinVec<AttrValue>);

impl Attrs {
    /// The attributes of `op` with nothing given.
    pub fn defaults(op: &Op) -> Self {
        Self::of(op.attrs)
    }

    /// Attributes of which none is given.
    pub fn of(attrs: &[Attr]) -> Self {
        Self(
            attrs
                .iter()
                .map(|attr| match attr.default {
                    AttrDefault::Required | AttrDefault::Absent => AttrValue::Absent,
                    AttrDefault::Number(x) => AttrValue::Number(x),
                    AttrDefault::Flag(b) => AttrValue::Flag(b),
                })
                .collect(),
        )
    }

    /// The number at `position`; NaN if it is none.
    pub fn number(&self, position: usize) -> f64 {
        match self.0.get(position) {
            Some(AttrValue::Number(x)) => *x,
            _ => f64::NAN,
        }
    }

    /// The whole number at `position`, if there is one.
    pub fn integer(&self, position: usize) -> Option<i64> {
        match self.0.get(position) {
            Some(AttrValue::Number(x)) => Some(*x as i64),
            _ => None,
        }
    }

    /// Whether the flag at `position` is set.
    pub fn flag(&self, position: usize) -> bool {
        matches!(self.0.get(position), Some(AttrValue::Flag(true)))
    }

    /// What an index picks along each of the first axes.
    pub fn picks(&self) -> &[Pick] {
        match self.0.first() {
            Some(AttrValue::Picks(picks)) => picks,
            _ => &[],
        }
    }

    /// The list at `position`, empty if there is none.
    pub fn integers(&self, position: usize) -> &[i64] {
        match self.0.get(position) {
            Some(AttrValue::Integers(list)) => list,
            _ => &[],
        }
    }
}

/// The forward computation of an op.
#[derive(Clone, Copy, Debug)]
pub enum Forward {
    /// One number from one number of each input; shapes broadcast.
    Elementwise(Kernel),
    /// Anything else.
    Structural {
        /// The shape of the result, or why the shapes of the inputs do not fit. In the text `#1`, `#2` … stand
        /// for the inputs as the author calls them.
        shape: fn(&[&Shape], &Attrs) -> Result<Shape, Text>,
        /// Writes the result; the shapes have been checked. It must not allocate: training runs it at every step.
        kernel: fn(&[View<'_>], &Attrs, &mut ViewMut<'_>),
    },
}

/// An element-wise computation, in two forms that do the same.
#[derive(Clone, Copy, Debug)]
pub struct Kernel {
    /// One number from one number of each input.
    pub one: fn(&[f64], &Attrs) -> f64,
    /// All numbers from inputs of the same length as the result.
    pub each: fn(&[&[f64]], &Attrs, &mut [f64]),
}

/// Applies `f` to the elements of up to three inputs of the same length.
#[inline(always)]
fn for_each_element(f: impl Fn(&[f64], &Attrs) -> f64, inputs: &[&[f64]], attrs: &Attrs, out: &mut [f64]) {
    match inputs {
        [a] => out.iter_mut().zip(*a).for_each(|(y, a)| *y = f(&[*a], attrs)),
        [a, b] => out.iter_mut().zip(*a).zip(*b).for_each(|((y, a), b)| *y = f(&[*a, *b], attrs)),
        [a, b, c] => {
            out.iter_mut().zip(*a).zip(*b).zip(*c).for_each(|(((y, a), b), c)| *y = f(&[*a, *b, *c], attrs));
        }
        _ => out.fill(f64::NAN),
    }
}

/// An element-wise op takes at most this many inputs.
pub const MOST_ELEMENTWISE_INPUTS: usize = 3;

/// The derivative of an op: one expression per input, in the notes' own language. It may name the inputs, the
/// attributes, `y` (the op's value) and, in a vector–Jacobian product, `g` (the upstream gradient).
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// No gradient passes: the derivative is zero wherever it exists.
    Flat,
    /// Element-wise: the local partial ∂y/∂input.
    Local(&'static [&'static str]),
    /// As `Local`, for an op whose first input chooses between the others element by element. Where an input
    /// is not chosen it gets an exact zero, even if what lies behind it is infinite.
    Select(&'static [&'static str]),
    /// Structural: the vector–Jacobian product for each input, chosen by the inputs' shapes. An empty text
    /// means that no gradient passes to that input.
    Vjp(fn(&[&Shape]) -> &'static [&'static str]),
}

/// Where an op is defined.
#[derive(Clone, Copy, Debug)]
pub struct Domain {
    /// Whether the op is defined for these numbers.
    pub holds: fn(&[f64], &Attrs) -> bool,
    /// What it needs, as a clause: "its argument must not be negative".
    pub needs: Phrase,
}

/// How an op is written in other languages.
#[derive(Clone, Copy, Debug)]
pub struct Spelling {
    /// TeX mathematics.
    pub latex: Form,
    /// JavaScript, for the browser's tape, of the functions in `kernels.js`: for an element-wise op an expression of
    /// numbers, for any other what makes the computation, where `#0` is the tensor that the result is written to.
    pub js: Form,
    /// PyTorch.
    pub torch: Form,
    /// JAX.
    pub jax: Form,
    /// TensorFlow.
    pub tensorflow: Form,
    /// NumPy, with `math.erf`-like gaps filled by SciPy-free expressions.
    pub numpy: Form,
}

impl Spelling {
    /// With the same forms in PyTorch, JAX, TensorFlow and NumPy.
    const fn in_code(self, code: Form) -> Self {
        Self { torch: code, jax: code, tensorflow: code, numpy: code, ..self }
    }
}

/// A template with its precedence. `#1`, `#2` … stand for the operands, `#alpha` for the attribute `alpha`;
/// all are filled in one pass. In programs `#out` is the shape of the result, `#likes` a list of the shapes of the inputs called
/// `like`, and `#mask` what an op that scales its input multiplies by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// The template.
    pub template: &'static str,
    /// How tightly the whole binds.
    pub level: Level,
    /// How tightly the first operand must bind to stand without parentheses.
    pub first: Level,
    /// How tightly the other operands must bind.
    pub rest: Level,
    /// Python functions that the template calls and the framework lacks.
    pub helper: &'static str,
}

impl Form {
    /// The form with the functions that it calls.
    const fn with(self, helper: &'static str) -> Self {
        Self { helper, ..self }
    }
}

/// A template that encloses its operands by itself: `sin(#1)`, `\frac{#1}{#2}` at a given level.
pub const fn enclosing(template: &'static str, level: Level) -> Form {
    Form { template, level, first: level::LOWEST, rest: level::LOWEST, helper: "" }
}

/// A call: `torch.sigmoid(#1)`.
pub const fn call(template: &'static str) -> Form {
    enclosing(template, level::CALL)
}

/// A left-associative operator: `#1 - #2`.
pub const fn infix(template: &'static str, level: Level) -> Form {
    Form { template, level, first: level, rest: level + 1, helper: "" }
}

/// A prefix operator: `-#1`.
pub const fn prefix(template: &'static str, level: Level) -> Form {
    Form { template, level, first: level, rest: level, helper: "" }
}

/// A template whose operands must bind at least as tightly as `operands`.
pub const fn tight(template: &'static str, level: Level, operands: Level) -> Form {
    Form { template, level, first: operands, rest: operands, helper: "" }
}

/// A template with its own demand on its first operand and on the others.
const fn form(template: &'static str, level: Level, first: Level, rest: Level) -> Form {
    Form { template, level, first, rest, helper: "" }
}

/// Rows are told apart by their names.
impl PartialEq for Op {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Op {
    /// The number of tensor inputs; the least number where the last may be several.
    pub const fn arity(&self) -> usize {
        self.inputs.len()
    }

    /// Whether the input at `place` lends nothing but its shape.
    pub fn takes_shape_alone(&self, place: usize) -> bool {
        self.input(place) == "like"
    }

    /// Its rules as a reader is shown them, one per input: for structural ops those for matrices; `0` where no
    /// gradient passes.
    pub fn shown_rules(&self) -> Vec<&'static str> {
        let matrices = vec![Shape::from([2, 2]); self.arity()];
        let rules: &[&str] = match self.rule {
            Rule::Flat => &[],
            Rule::Local(rules) | Rule::Select(rules) => rules,
            Rule::Vjp(choose) => choose(&matrices.iter().collect::<Vec<_>>()),
        };
        let shown = |place: usize| rules.get(place).copied().filter(|rule| !rule.is_empty()).unwrap_or("0");
        (0..self.arity()).map(shown).collect()
    }

    /// What its rules give for each input.
    pub const fn kind_of_rules(&self) -> Phrase {
        match self.rule {
            Rule::Vjp(_) => phrase("그 입력으로 가는 기울기", "Gradient for that input"),
            Rule::Flat | Rule::Local(_) | Rule::Select(_) => phrase("국소적 미분", "Local partial"),
        }
    }

    /// Whether it can be applied to so many tensor inputs.
    pub const fn takes(&self, inputs: usize) -> bool {
        inputs == self.inputs.len() || self.is_variadic && inputs > self.inputs.len()
    }

    /// The name that rules have for the input at `place`.
    pub fn input(&self, place: usize) -> &'static str {
        self.inputs[place.min(self.inputs.len() - 1)]
    }

    /// How it is written in the notes' language: `a + b`, `clip(a, lo, hi)`.
    pub fn signature(&self) -> String {
        match (self.notation, self.inputs) {
            (Notation::Infix { .. }, [a, b]) => format!("{a} {} {b}", self.name),
            (Notation::Prefix { token, .. }, [a]) => format!("{token}{a}"),
            (Notation::Postfix { token }, [a]) => format!("{a}.{token}"),
            (Notation::Index, [a]) => format!("{a}[0, 1:3]"),
            _ => {
                let attrs = self.attrs.iter().map(|attr| match attr.default {
                    AttrDefault::Required => attr.name.to_owned(),
                    AttrDefault::Absent => format!("{}=none", attr.name),
                    AttrDefault::Number(x) => format!("{}={}", attr.name, num::plain(x, num::EXACT)),
                    AttrDefault::Flag(flag) => format!("{}={flag}", attr.name),
                });
                let inputs = self
                    .inputs
                    .iter()
                    .map(|input| if self.is_variadic { format!("[{input}, ...]") } else { (*input).to_owned() });
                let list: Vec<String> = inputs.chain(attrs).collect();
                format!("{}({})", self.name, list.join(", "))
            }
        }
    }
}

/// All rows, family by family, in the order in which they are listed.
pub fn table() -> impl Iterator<Item = &'static Op> {
    [
        arith::OPS,
        elementary::OPS,
        activation::OPS,
        matrix::OPS,
        reduce::OPS,
        shape::OPS,
        pick::OPS,
        softmax::OPS,
        network::OPS,
        convolution::OPS,
        loss::OPS,
    ]
    .into_iter()
    .flatten()
}

/// The op that `token` stands for before an operand.
pub fn find_prefix(token: &str) -> Option<&'static Op> {
    table().find(|op| matches!(op.notation, Notation::Prefix { token: t, .. } if t == token))
}

/// The op that `token` stands for after a dot.
pub fn find_postfix(token: &str) -> Option<&'static Op> {
    table().find(|op| matches!(op.notation, Notation::Postfix { token: t } if t == token))
}

/// The op of a name, an alias or an operator's token. With `for_rules`, ops that only rules may use are found, too.
pub fn find(name: &str, for_rules: bool) -> Option<&'static Op> {
    static BY_NAME: OnceLock<HashMap<&'static str, &'static Op>> = OnceLock::new();
    let by_name = BY_NAME.get_or_init(|| {
        table()
            .flat_map(|op| std::iter::once(op.name).chain(op.aliases.iter().copied()).map(move |name| (name, op)))
            .collect()
    });
    by_name.get(name).copied().filter(|op| for_rules || op.family != Family::Rule)
}
