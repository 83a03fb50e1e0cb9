//! The text of a train block to a plan. Each line is read on its own, so a mistake in one hides none in another.

use super::optimizer::{OPTIMIZERS, Optimizer};
use crate::diag::{Checked, Diagnostic};
use crate::expr::{Cursor, Lexeme, Token, closest, lex, unmet_needs};
use crate::graph::{Caption, PrintedNumber, Relation};
use crate::lang::text;
use crate::ops::{AttrValue, Attrs};
use std::ops::Range;

/// What a train block asks for.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The comment before the first statement.
    pub caption: Caption,
    /// What becomes small, with its place.
    pub minimize: (Box<str>, Range<usize>),
    /// What is changed, with the places; empty: every leaf that the graph calls a `param`.
    pub parameters: Vec<(Box<str>, Range<usize>)>,
    /// The learning rate.
    pub rate: f64,
    /// The number of updates.
    pub steps: u64,
    /// How the parameters follow their gradients.
    pub optimizer: Optimizer,
    /// The steps that are shown, in order; step n is the state before update n.
    pub report: Vec<u64>,
    /// The author's claims.
    pub claims: Vec<StepClaim>,
}

/// `expect cost@10000 < 0.02`
#[derive(Clone, Debug)]
pub struct StepClaim {
    /// The target as written, without the step.
    pub target: String,
    /// Where the target stands.
    pub target_span: Range<usize>,
    /// The step.
    pub step: u64,
    /// How the two sides are compared.
    pub relation: Relation,
    /// What is claimed.
    pub number: PrintedNumber,
    /// Where the statement stands.
    pub span: Range<usize>,
}

/// The words that statements begin with.
pub const WORDS: [&str; 6] = ["minimize", "rate", "steps", "optimizer", "report", "expect"];

/// Reads a train block; none if it lacks what a training needs, which is reported.
pub fn parse(block: &str) -> Checked<Option<Plan>> {
    let mut reader = Reader::default();
    let mut start = 0;
    for line in block.split_inclusive('\n') {
        reader.line(line, start);
        start += line.len();
    }
    let value = reader.plan(block);
    Checked { value, diagnostics: reader.log }
}

#[derive(Default)]
struct Reader {
    log: Vec<Diagnostic>,
    caption: Caption,
    minimize: Option<(Box<str>, Range<usize>)>,
    parameters: Vec<(Box<str>, Range<usize>)>,
    rate: Option<f64>,
    steps: Option<u64>,
    optimizer: Option<Optimizer>,
    report: Option<Vec<(u64, Range<usize>)>>,
    claims: Vec<(StepClaim, Range<usize>)>,
    /// The words met so far, each where it stands first.
    seen: Vec<(&'static str, Range<usize>)>,
}

impl Reader {
    fn line(&mut self, line: &str, start: usize) {
        let (code, comment) = line.split_once('#').map_or((line, None), |(code, comment)| (code, Some(comment)));
        let statement = code.trim();
        if statement.is_empty() {
            if let (Some(comment), true) = (comment, self.seen.is_empty()) {
                self.caption.join(Caption::of_comment(comment));
            }
            return;
        }
        let at = start + code.len() - code.trim_start().len();
        let word_len = statement.find(char::is_whitespace).unwrap_or(statement.len());
        let (word, rest) = statement.split_at(word_len);
        let span = at..at + word_len;
        let Some(known) = WORDS.iter().find(|known| **known == word) else {
            return self.log.push(unknown_statement(word, span));
        };
        let first = self.seen.iter().find(|(seen, _)| seen == known);
        if let Some((_, first)) = first.filter(|_| *known != "expect") {
            let diagnostic = Diagnostic::error(
                "double-statement",
                span,
                text(format!("`{word}`가 두 번 있습니다"), format!("`{word}` is there twice")),
            );
            return self.log.push(diagnostic.label(first.clone(), text("처음 나온 곳입니다", "it is here first")));
        }
        if first.is_none() {
            self.seen.push((known, span));
        }
        let rest_at = at + word_len;
        match *known {
            "minimize" => self.minimize(rest, rest_at),
            "rate" => {
                self.rate = self.number(rest, rest_at).filter(|(x, span)| self.is_positive(*x, span)).map(|x| x.0);
            }
            "steps" => self.steps = self.whole(rest, rest_at).map(|(n, _)| n),
            "optimizer" => self.optimizer = self.optimizer(rest, rest_at),
            "report" => self.report = self.report(rest, rest_at),
            _ => self.expect(rest, rest_at, at),
        }
    }

    fn minimize(&mut self, rest: &str, at: usize) {
        let lexemes = lex(rest, at, &mut self.log);
        let mut names = lexemes.iter().filter_map(|l| match &l.token {
            Token::Name(name) => Some((name.clone(), l.span.clone())),
            _ => None,
        });
        let has_only_names = lexemes.iter().all(|l| matches!(l.token, Token::Name(_) | Token::Mark(",")));
        let (minimize, over) = (names.next(), names.next());
        let parameters: Vec<_> = names.collect();
        match (minimize, over, parameters.is_empty()) {
            (Some(minimize), None, _) if has_only_names => self.minimize = Some(minimize),
            (Some(minimize), Some((word, _)), false) if has_only_names && &*word == "over" => {
                self.minimize = Some(minimize);
                self.parameters = parameters;
            }
            _ => self.log.push(
                Diagnostic::error(
                    "bad-statement",
                    at..at + rest.len(),
                    text("무엇을 줄일지 읽을 수 없습니다", "this does not say what is minimized"),
                )
                .help(text("`minimize cost over W, b`처럼 씁니다", "write `minimize cost over W, b`")),
            ),
        }
    }

    fn number(&mut self, rest: &str, at: usize) -> Option<(f64, Range<usize>)> {
        let lexemes = lex(rest, at, &mut self.log);
        match lexemes.as_slice() {
            [Lexeme { token: Token::Number(x), span }] => Some((*x, span.clone())),
            [Lexeme { token: Token::Mark("-"), span }, Lexeme { token: Token::Number(x), span: end }] => {
                Some((-x, span.start..end.end))
            }
            _ => {
                if !lexemes.iter().any(|l| l.token == Token::Wrong) {
                    self.log.push(Diagnostic::error(
                        "bad-number",
                        at..at + rest.len(),
                        text("여기에는 수 하나가 있어야 합니다", "one number must stand here"),
                    ));
                }
                None
            }
        }
    }

    fn is_positive(&mut self, x: f64, span: &Range<usize>) -> bool {
        if x <= 0.0 {
            self.log.push(Diagnostic::error(
                "bad-number",
                span.clone(),
                text("0보다 커야 합니다", "this must be greater than 0"),
            ));
        }
        x > 0.0
    }

    fn whole(&mut self, rest: &str, at: usize) -> Option<(u64, Range<usize>)> {
        let (x, span) = self.number(rest, at)?;
        if x.fract() == 0.0 && (1.0..1e15).contains(&x) {
            return Some((x as u64, span));
        }
        self.log.push(Diagnostic::error(
            "bad-number",
            span,
            text("1 이상의 정수여야 합니다", "this must be a whole number, 1 or more"),
        ));
        None
    }

    fn optimizer(&mut self, rest: &str, at: usize) -> Option<Optimizer> {
        let lexemes = lex(rest, at, &mut self.log);
        let mut cursor = Cursor::new(&lexemes, at + rest.len());
        let span = cursor.span();
        let name = match cursor.advance().map(|l| &l.token) {
            Some(Token::Name(name)) => name.clone(),
            _ => Box::default(),
        };
        let Some(kind) = OPTIMIZERS.iter().find(|kind| *kind.name == *name) else {
            let all: Vec<&str> = OPTIMIZERS.iter().map(|kind| kind.name).collect();
            let all = all.join(", ");
            self.log.push(
                Diagnostic::error(
                    "unknown-optimizer",
                    span,
                    text(format!("`{name}`라는 최적화 방법은 없습니다"), format!("there is no optimizer `{name}`")),
                )
                .help(text(format!("쓸 수 있는 것: {all}"), format!("there are: {all}"))),
            );
            return None;
        };
        let mut settings = Attrs::of(kind.settings);
        let mut given: Vec<(usize, Range<usize>)> = Vec::new();
        while cursor.peek().is_some() {
            let start = cursor.span().start;
            let (key, equals, value_at) = (cursor.advance(), cursor.eat("="), cursor.span().start);
            let sign = if cursor.eat("-") { -1.0 } else { 1.0 };
            let value = cursor.advance();
            let span = start..cursor.last_span().end;
            let place = match key.map(|l| &l.token) {
                Some(Token::Name(key)) => kind.settings.iter().position(|row| *row.name == **key),
                _ => None,
            };
            match (place, equals, value.map(|l| &l.token)) {
                (Some(place), true, Some(Token::Number(x))) => {
                    settings.0[place] = AttrValue::Number(sign * x);
                    given.push((place, value_at..span.end));
                }
                _ => {
                    let known = kind.settings.iter().enumerate();
                    let known: Vec<String> =
                        known.map(|(i, row)| format!("{}={}", row.name, Attrs::of(kind.settings).number(i))).collect();
                    let known = if known.is_empty() { "–".to_owned() } else { known.join(" ") };
                    self.log.push(
                        Diagnostic::error(
                            "unknown-attribute",
                            span,
                            text(format!("`{name}`에 이런 설정은 없습니다"), format!("`{name}` has no such setting")),
                        )
                        .help(text(format!("설정: {known}"), format!("its settings: {known}"))),
                    );
                }
            }
        }
        self.log.extend(unmet_needs(kind.settings, &settings, |place| {
            given.iter().rfind(|(given, _)| *given == place).map_or(span.clone(), |(_, at)| at.clone())
        }));
        Some((kind.make)(&settings))
    }

    fn report(&mut self, rest: &str, at: usize) -> Option<Vec<(u64, Range<usize>)>> {
        let lexemes = lex(rest, at, &mut self.log);
        let mut steps = Vec::new();
        for lexeme in &lexemes {
            match lexeme.token {
                Token::Number(x) if x.fract() == 0.0 && x < 1e15 => steps.push((x as u64, lexeme.span.clone())),
                Token::Mark(",") => {}
                Token::Wrong => return None,
                _ => {
                    self.log.push(
                        Diagnostic::error(
                            "bad-number",
                            lexeme.span.clone(),
                            text("`report` 뒤에는 단계 번호만 쓸 수 있습니다", "only step numbers may follow `report`"),
                        )
                        .help(text("`report 0, 1000, 10000`처럼 씁니다", "write `report 0, 1000, 10000`")),
                    );
                    return None;
                }
            }
        }
        Some(steps)
    }

    fn expect(&mut self, rest: &str, at: usize, statement_at: usize) {
        let bad = |span| {
            Diagnostic::error(
                "bad-claim",
                span,
                text(
                    "어느 단계에서 무엇이 얼마인지 알 수 없는 주장입니다",
                    "this claim does not say what is how large at which step",
                ),
            )
            .help(text("`expect cost@10000 < 0.02`처럼 씁니다", "write it as `expect cost@10000 < 0.02`"))
        };
        let span = statement_at..at + rest.trim_end().len();
        let Some((relation_at, relation)) = Relation::find(rest) else { return self.log.push(bad(span)) };
        let left = &rest[..relation_at];
        let Some((target, step)) = left.split_once('@') else { return self.log.push(bad(span)) };
        let step_at = at + target.len() + 1;
        let step_span = step_at..step_at + step.trim_end().len();
        let Ok(step) = step.trim().parse::<u64>() else { return self.log.push(bad(step_span)) };
        let value_at = relation_at + relation.token().len();
        let Some(number) = PrintedNumber::parse(&rest[value_at..], at + value_at, &mut self.log) else { return };
        let target_at = at + target.len() - target.trim_start().len();
        let target = target.trim().to_owned();
        let target_span = target_at..target_at + target.len();
        self.claims.push((StepClaim { target, target_span, step, relation, number, span }, step_span));
    }

    /// The plan, if nothing that it needs is missing.
    fn plan(&mut self, block: &str) -> Option<Plan> {
        let end = block.trim_end().len();
        for word in ["minimize", "rate", "steps"] {
            if !self.seen.iter().any(|(seen, _)| *seen == word) {
                self.log.push(
                    Diagnostic::error(
                        "missing-statement",
                        end..end,
                        text(format!("`{word}` 문장이 없습니다"), format!("there is no `{word}`")),
                    )
                    .help(text(
                        "`minimize cost over W, b`, `rate 0.1`, `steps 1000`은 꼭 있어야 합니다",
                        "`minimize cost over W, b`, `rate 0.1` and `steps 1000` are needed",
                    )),
                );
            }
        }
        let steps = self.steps?;
        let report = self.report.take().unwrap_or_default();
        let places = report
            .iter()
            .chain(self.claims.iter().map(|(claim, span)| (claim.step, span.clone())).collect::<Vec<_>>().iter())
            .cloned()
            .collect::<Vec<_>>();
        for (step, span) in places {
            if step > steps {
                self.log.push(
                    Diagnostic::error(
                        "no-such-step",
                        span,
                        text(
                            format!("{step}단계까지 가지 않습니다"),
                            format!("the training does not reach step {step}"),
                        ),
                    )
                    .help(text(
                        format!("0단계(처음)부터 {steps}단계(마지막 갱신 뒤)까지 있습니다"),
                        format!("there are the steps from 0, the start, to {steps}, after the last update"),
                    )),
                );
            }
        }
        let mut report: Vec<u64> = report.into_iter().map(|(step, _)| step).filter(|step| *step <= steps).collect();
        if report.is_empty() {
            report = vec![0, steps];
        }
        report.sort_unstable();
        report.dedup();
        Some(Plan {
            caption: std::mem::take(&mut self.caption),
            minimize: self.minimize.take()?,
            parameters: std::mem::take(&mut self.parameters),
            rate: self.rate?,
            steps,
            optimizer: self.optimizer.unwrap_or(Optimizer::Sgd),
            report,
            claims: self.claims.drain(..).map(|(claim, _)| claim).filter(|claim| claim.step <= steps).collect(),
        })
    }
}

fn unknown_statement(word: &str, span: Range<usize>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "unknown-statement",
        span,
        text(format!("`{word}`(으)로 시작하는 문장은 없습니다"), format!("no statement starts with `{word}`")),
    );
    match closest(word, WORDS.into_iter()) {
        Some(near) => diagnostic.help(text(format!("`{near}`인가요?"), format!("did you mean `{near}`?"))),
        None => {
            let words = WORDS.join(", ");
            diagnostic.help(text(format!("쓸 수 있는 것: {words}"), format!("there are: {words}")))
        }
    }
}
