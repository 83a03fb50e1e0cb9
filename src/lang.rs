//! Words in the two tongues that bpdoc itself speaks. In: a tag or a word; out: text of the right language.
//! This room does not know any lesson, note or page.

mod endonym;
mod others;

pub use endonym::endonym;
pub use others::said;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A language that bpdoc's own words exist in. A site may have pages in any language; what bpdoc adds to a
/// page whose language is neither of these is English.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tongue {
    /// Korean.
    Ko,
    /// English.
    En,
}

impl Tongue {
    /// Both tongues.
    pub const ALL: [Self; 2] = [Self::Ko, Self::En];

    /// The tongue for a language tag such as `ko`, `ko-KR`, `ko_KR.UTF-8`, `en` or `fr`.
    pub fn of_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_', '.', '@']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("ko") { Self::Ko } else { Self::En }
    }

    /// Its BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }
}

/// One text in both tongues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The Korean text.
    pub ko: Cow<'static, str>,
    /// The English text.
    pub en: Cow<'static, str>,
}

impl Text {
    /// A text of fixed words, for tables.
    pub const fn fixed(ko: &'static str, en: &'static str) -> Self {
        Self { ko: Cow::Borrowed(ko), en: Cow::Borrowed(en) }
    }

    /// The text in one tongue.
    pub fn in_tongue(&self, tongue: Tongue) -> &str {
        match tongue {
            Tongue::Ko => &self.ko,
            Tongue::En => &self.en,
        }
    }
}

/// A text in both tongues, Korean first.
pub fn text(ko: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Text {
    Text { ko: ko.into(), en: en.into() }
}

/// A number of things in English: `1 note`, `2 notes`.
pub fn counted(n: usize, noun: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{n} {noun}{s}")
}

/// The pairs of particles whose form depends on the last syllable of the word before: with a final
/// consonant, without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Particle {
    /// 은/는, the topic.
    Topic,
    /// 이/가, the subject.
    Subject,
    /// 을/를, the object.
    Object,
    /// 과/와, "and".
    With,
    /// 이라고/라고, "said to be".
    Quotation,
    /// 으로/로, "to" or "by means of"; a final ㄹ counts as none.
    Toward,
}

impl Particle {
    fn forms(self) -> (&'static str, &'static str) {
        match self {
            Self::Topic => ("은", "는"),
            Self::Subject => ("이", "가"),
            Self::Object => ("을", "를"),
            Self::With => ("과", "와"),
            Self::Quotation => ("이라고", "라고"),
            Self::Toward => ("으로", "로"),
        }
    }

    /// The form that fits the last sound of a word.
    fn fitting(self, word: &str) -> &'static str {
        let (closed, open) = self.forms();
        match final_sound(word) {
            Final::None => open,
            Final::Rieul if self == Self::Toward => open,
            Final::Rieul | Final::Other => closed,
        }
    }
}

/// `word` followed by the particle in the form that fits its last sound: `f를`, `w은` is never printed.
pub fn with_particle(word: &str, particle: Particle) -> String {
    let form = particle.fitting(word);
    format!("{word}{form}")
}

/// The particle that `rest` begins with, in the form that fits `word`, and what follows it. None if `rest` begins with no
/// particle whose form depends on the word before. An author cannot know the form where the word is ours: 그림 2를 may
/// be 그림 3을 tomorrow.
pub fn fitting_particle<'r>(word: &str, rest: &'r str) -> Option<(&'static str, &'r str)> {
    const PARTICLES: [Particle; 5] =
        [Particle::Toward, Particle::Topic, Particle::Subject, Particle::Object, Particle::With];
    PARTICLES.into_iter().find_map(|particle| {
        let (closed, open) = particle.forms();
        let behind = rest.strip_prefix(closed).or_else(|| rest.strip_prefix(open))?;
        // 과의, 로는, 으로부터: further particles follow these two; behind the others a syllable makes another word.
        let takes_more = matches!(particle, Particle::Toward | Particle::With);
        let ends = match behind.chars().next() {
            Some('는' | '도' | '의' | '만' | '서' | '써' | '부') if takes_more => true,
            next => !next.is_some_and(char::is_alphanumeric),
        };
        ends.then(|| (particle.fitting(word), behind))
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Final {
    None,
    Rieul,
    Other,
}

/// The final consonant of the last character as it is read aloud in Korean. Latin letters and digits are
/// read by their Korean names (엘, 엠, 엔, 알; 영, 일, 삼, 육, 칠, 팔); closing marks and punctuation are skipped.
fn final_sound(word: &str) -> Final {
    let Some(last) = word.chars().rev().find(|c| c.is_alphanumeric()) else { return Final::None };
    match last {
        '가'..='힣' => match (u32::from(last) - u32::from('가')) % 28 {
            0 => Final::None,
            8 => Final::Rieul,
            _ => Final::Other,
        },
        'l' | 'L' | 'r' | 'R' | '1' | '7' | '8' => Final::Rieul,
        'm' | 'M' | 'n' | 'N' | '0' | '3' | '6' => Final::Other,
        // The Greek letters whose Korean names end in a consonant: 엡실론, 입실론, 오미크론.
        'ε' | 'υ' | 'ο' => Final::Other,
        _ => Final::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn particles_follow_the_last_sound() {
        for (word, particle, expected) in [
            ("가중치", Particle::Topic, "가중치는"),
            ("편향", Particle::Topic, "편향은"),
            ("f", Particle::Object, "f를"),
            ("n", Particle::Object, "n을"),
            ("w_1", Particle::Subject, "w_1이"),
            ("4", Particle::Quotation, "4라고"),
            ("0.63", Particle::Quotation, "0.63이라고"),
            ("NaN", Particle::Subject, "NaN이"),
            ("-∞", Particle::Subject, "-∞가"),
            ("7", Particle::Toward, "7로"),
            ("3", Particle::Toward, "3으로"),
            ("기울", Particle::Toward, "기울로"),
            ("‘값’", Particle::Object, "‘값’을"),
            ("", Particle::With, "와"),
        ] {
            assert_eq!(with_particle(word, particle), expected);
        }
    }

    #[test]
    fn particles_of_the_author_are_made_to_fit() {
        for (word, rest, expected) in [
            ("그림 2", "을 보라", Some(("를", " 보라"))),
            ("그림 3", "와의 차이", Some(("과", "의 차이"))),
            ("식 (8)", "로부터", Some(("로", "부터"))),
            ("식 (3)", "로", Some(("으로", ""))),
            ("연쇄 법칙", "는", Some(("은", ""))),
            ("기울기", "은닉", None),
            ("기울기", "가중치", None),
            ("기울기", "에서", None),
            ("기울기", "이다", None),
            ("기울기", "", None),
        ] {
            assert_eq!(fitting_particle(word, rest), expected, "{word}{rest}");
        }
    }

    #[test]
    fn one_thing_is_no_plural() {
        for (n, expected) in [(0, "0 notes"), (1, "1 note"), (2, "2 notes")] {
            assert_eq!(counted(n, "note"), expected);
        }
    }

    #[test]
    fn tags_lead_to_tongues() {
        for (tag, expected) in [
            ("ko", Tongue::Ko),
            ("ko_KR.UTF-8", Tongue::Ko),
            ("KO-kr", Tongue::Ko),
            ("en-GB", Tongue::En),
            ("fr", Tongue::En),
            ("", Tongue::En),
        ] {
            assert_eq!(Tongue::of_tag(tag), expected);
        }
    }
}
