//! Words in the two tongues that bpdoc itself speaks. In: a tag or a word; out: text of the right language.
//! This room does not know any lesson, note or page.

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
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

/// `word` followed by the particle in the form that fits its last sound: `f를`, `w은` is never printed.
pub fn with_particle(word: &str, particle: Particle) -> String {
    let (closed, open) = particle.forms();
    let form = match final_sound(word) {
        Final::None => open,
        Final::Rieul if particle == Particle::Toward => open,
        Final::Rieul | Final::Other => closed,
    };
    format!("{word}{form}")
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
