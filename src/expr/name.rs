//! How a name is shown: `w_1` with a subscript, `theta` as θ.

/// A name split into what stands on the line and what stands below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName {
    /// On the line; a Greek letter where the name spells one.
    pub base: String,
    /// Below the line.
    pub sub: Option<String>,
}

impl DisplayName {
    /// Splits at the first underscore that has something on both sides; an index stands below the line, too.
    pub fn of(name: &str) -> Self {
        if let Some((family, index)) = name.strip_suffix(']').and_then(|rest| rest.split_once('[')) {
            let Self { base, sub } = Self::of(family);
            let sub = sub.map_or_else(|| index.to_owned(), |sub| format!("{sub},{index}"));
            return Self { base, sub: Some(sub) };
        }
        match name.split_once('_') {
            Some((base, sub)) if !base.is_empty() && !sub.is_empty() => {
                Self { base: greek(base), sub: Some(sub.split('_').map(greek).collect::<Vec<_>>().join(",")) }
            }
            _ => Self { base: greek(name), sub: None },
        }
    }

    /// The name in TeX mathematics.
    pub fn latex(&self) -> String {
        match &self.sub {
            Some(sub) => format!("{}_{{{}}}", upright_or_letter(&self.base), upright_or_letter(sub)),
            None => upright_or_letter(&self.base),
        }
    }
}

/// One letter is set as a variable, a word as a word.
fn upright_or_letter(part: &str) -> String {
    let mut chars = part.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => match greek_command(c) {
            Some(word) => format!(r"\{word}"),
            None if c.is_ascii_alphanumeric() || c == 'ο' => c.to_string(),
            None => format!(r"\text{{{c}}}"),
        },
        _ if part.chars().all(|c| c.is_ascii_digit() || c == ',') => part.to_owned(),
        _ if part.is_ascii() => format!(r"\mathrm{{{}}}", part.replace('_', r"\_")),
        _ => format!(r"\text{{{}}}", part.replace('_', r"\_")),
    }
}

fn greek(word: &str) -> String {
    SPELLED.iter().find(|(spelled, _)| *spelled == word).map_or(word, |(_, letter)| letter).to_owned()
}

/// The word that TeX has for a Greek letter, such as `theta`. Letters that look Latin have none.
pub fn greek_command(letter: char) -> Option<&'static str> {
    if letter.is_ascii() {
        return None;
    }
    let (word, _) = SPELLED.iter().find(|(word, shown)| shown.starts_with(letter) && *word != "omicron")?;
    Some(word)
}

const SPELLED: &[(&str, &str)] = &[
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("epsilon", "ε"),
    ("zeta", "ζ"),
    ("eta", "η"),
    ("theta", "θ"),
    ("iota", "ι"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    ("mu", "μ"),
    ("nu", "ν"),
    ("xi", "ξ"),
    ("omicron", "ο"),
    ("pi", "π"),
    ("rho", "ρ"),
    ("sigma", "σ"),
    ("tau", "τ"),
    ("upsilon", "υ"),
    ("phi", "φ"),
    ("chi", "χ"),
    ("psi", "ψ"),
    ("omega", "ω"),
    ("Gamma", "Γ"),
    ("Delta", "Δ"),
    ("Theta", "Θ"),
    ("Lambda", "Λ"),
    ("Xi", "Ξ"),
    ("Pi", "Π"),
    ("Sigma", "Σ"),
    ("Upsilon", "Υ"),
    ("Phi", "Φ"),
    ("Psi", "Ψ"),
    ("Omega", "Ω"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_as_mathematics() {
        for (name, base, sub, latex) in [
            ("w", "w", None, "w"),
            ("w_1", "w", Some("1"), "w_{1}"),
            ("theta", "θ", None, r"\theta"),
            ("θ_max", "θ", Some("max"), r"\theta_{\mathrm{max}}"),
            ("가중치", "가중치", None, r"\text{가중치}"),
            ("h_1_2", "h", Some("1,2"), "h_{1,2}"),
            ("cost", "cost", None, r"\mathrm{cost}"),
            ("_x", "_x", None, r"\mathrm{\_x}"),
            ("x_", "x_", None, r"\mathrm{x\_}"),
            ("h[1]", "h", Some("1"), "h_{1}"),
            ("h_x[2,0]", "h", Some("x,2,0"), r"h_{\mathrm{x,2,0}}"),
            ("W_가", "W", Some("가"), r"W_{\text{가}}"),
        ] {
            let shown = DisplayName::of(name);
            assert_eq!((shown.base.as_str(), shown.sub.as_deref()), (base, sub), "{name}");
            assert_eq!(shown.latex(), latex, "{name}");
        }
    }
}
