//! Notes from elsewhere: what a folder of Jekyll's, Hugo's, Obsidian's or of an export becomes, and what is said about the rest.

use bpdoc::lang::Tongue;
use bpdoc::migrate::{Moved, bring};
use bpdoc::project::Asset;
use bpdoc::report::{Format, report};

fn moved(files: &[(&str, &str)]) -> Moved {
    let mut files: Vec<Asset> =
        files.iter().map(|(path, text)| Asset { path: (*path).to_owned(), bytes: text.as_bytes().into() }).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    bring(&files, None)
}

fn said(moved: &Moved) -> String {
    let source = |path: &str| moved.sources.iter().find(|file| file.path == path).map(|file| file.text.as_str());
    report(&moved.diagnostics, Format::Human { colour: false }, Tongue::En, source)
}

#[track_caller]
fn text<'m>(moved: &'m Moved, path: &str) -> &'m str {
    let Some(bytes) = moved.files.get(path) else { panic!("no {path} among {:?}", moved.files.keys()) };
    std::str::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn jekyll() {
    let moved = moved(&[
        ("_config.yml", "url: https://example.org\n"),
        (
            "_posts/2020-01-02-chain-rule.md",
            "---\nlayout: post\ntitle: \"The chain: rule\"\ntags: [calculus, ai]\ncategories: Math\nauthor: Kim\nmood: good\n---\nSee [next]({% post_url 2020-02-03-next %}), [it](https://example.org/math/2020/02/03/next.html#x) and ![graph]({{ site.baseurl }}/assets/graph.png).\n\n{% highlight python %}\nx = [[1]]\n{% endhighlight %}\n\nEuler: \\\\( e^x \\\\), {% include figure.html %}\n",
        ),
        (
            "_posts/2020-02-03-next.md",
            "---\ncategories: math\n---\n# Next\n\nBack to [the rule](/math/2020/01/02/chain-rule.html).\n",
        ),
        ("assets/graph.png", "png"),
        ("assets/site.css", "p {}"),
    ]);
    assert_eq!(
        text(&moved, "content/posts/chain-rule.en.md"),
        "+++\ntitle = \"The chain: rule\"\ndate = \"2020-01-02\"\ntags = [\"calculus\", \"ai\", \"Math\"]\nauthors = [\"Kim\"]\naliases = [\"/math/2020/01/02/chain-rule.html\"]\n+++\n\nSee [next](next.en.md), [it](next.en.md#x) and ![graph](../assets/graph.png).\n\n```python\nx = [[1]]\n```\n\nEuler: $e^x$, {% include figure.html %}\n"
    );
    assert!(text(&moved, "content/posts/next.en.md").ends_with("Back to [the rule](chain-rule.en.md).\n"));
    assert_eq!(text(&moved, "content/assets/graph.png"), "png");
    let said = said(&moved);
    assert!(
        said.contains("a template or shortcode is kept as text\n  --> _posts/2020-01-02-chain-rule.md:15:21"),
        "{said}"
    );
    assert!(said.contains("`mood` (1)") && said.contains("`assets/site.css`") && !said.contains("layout"), "{said}");
}

#[test]
fn hugo() {
    let moved = moved(&[
        ("hugo.toml", "baseURL = 'https://example.org/'\n"),
        (
            "content/post/first/index.ko.md",
            "+++\ntitle = '첫 글'\ndate = 2021-05-06T10:00:00+09:00\ndraft = true\nweight = 3\naliases = ['/old/first/']\n+++\n![그림](pic.png) [둘째]({{< ref \"second.md\" >}})\n",
        ),
        ("content/post/first/pic.png", "png"),
        (
            "content/post/second.md",
            "---\ntitle: Second\nlastmod: 2021-05-08\n---\nAn English text. {{< youtube abc >}} [first](/ko/post/first/)\n",
        ),
    ]);
    assert_eq!(
        text(&moved, "content/post/first.ko.md"),
        "+++\ntitle = \"첫 글\"\ndate = \"2021-05-06\"\ndraft = true\norder = 3\naliases = [\"/ko/post/first/\", \"/old/first/\"]\n+++\n\n![그림](first/pic.png) [둘째](second.en.md)\n"
    );
    let second = text(&moved, "content/post/second.en.md");
    assert!(second.contains("updated = \"2021-05-08\"") && second.contains("[first](first.ko.md)"), "{second}");
    assert!(said(&moved).contains("--> content/post/second.md:5:18"), "{}", said(&moved));
    assert_eq!(text(&moved, "bpdoc.toml"), "languages = [\"en\", \"ko\"]\n");
}

#[test]
fn obsidian() {
    let moved = moved(&[
        (
            "Deep/Back prop.md",
            "---\ntags: ml/grad\naliases: [BP]\n---\nSee [[Chain rule#The sum|sum]], [[bp]], [[Nowhere|lost]], `[[code]]`.\n\n![[plot.png|300]]\n\n> [!danger]- Careful\n> text\n\n%%hidden%%\n",
        ),
        ("Chain rule.md", "# Chain rule\n\nTo [[Deep/Back prop]] and [plain](Deep/Back%20prop.md).\n\n$$\nx\n$$\n"),
        ("img/plot.png", "png"),
    ]);
    assert_eq!(
        text(&moved, "content/Deep/Back-prop.en.md"),
        "+++\ntags = [\"ml/grad\"]\n+++\n\nSee [sum](../Chain-rule.en.md#the-sum), [bp](Back-prop.en.md), lost, `[[code]]`.\n\n![](../img/plot.png)\n\n> [!CAUTION]\n> **Careful**\n>\n> text\n\n<!--hidden-->\n"
    );
    let rule = text(&moved, "content/Chain-rule.en.md");
    assert!(rule.contains("[Deep/Back prop](Deep/Back-prop.en.md) and [plain](Deep/Back-prop.en.md)"), "{rule}");
    let said = said(&moved);
    assert!(
        said.contains("there is no note or file `Nowhere`") && said.contains("the size that this picture was given"),
        "{said}"
    );
}

#[test]
fn wordpress() {
    let moved = moved(&[(
        "export.xml",
        r#"<?xml version="1.0"?><rss xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"><channel><link>https://blog.example</link>
<item><title>Hello &amp; more</title><link>https://blog.example/2020/05/hello/</link><dc:creator>lee</dc:creator><wp:post_date>2020-05-06 07:08:09</wp:post_date><wp:post_name>hello</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type><category domain="category">Math</category><content:encoded><![CDATA[First <b>bold</b> words.
a line

Second with <a href="https://blog.example/?p=9">a link</a> [gallery ids="1"]
<iframe src="https://video.example/v"></iframe>]]></content:encoded></item>
<item><title>Pic</title><wp:post_type>attachment</wp:post_type></item>
<item><title>Draft</title><link>https://blog.example/?p=9</link><wp:status>draft</wp:status><wp:post_type>post</wp:post_type><content:encoded><![CDATA[<p>x</p>]]></content:encoded></item>
</channel></rss>"#,
    )]);
    assert_eq!(
        text(&moved, "content/posts/hello.en.md"),
        "+++\ntitle = \"Hello & more\"\ndate = \"2020-05-06\"\ntags = [\"Math\"]\nauthors = [\"lee\"]\naliases = [\"/2020/05/hello/\"]\n+++\n\nFirst **bold** words.\\\na line\n\nSecond with [a link](https://blog.example/?p=9) \\[gallery ids=\"1\"\\]\\\n\n[https://video.example/v](https://video.example/v)\n"
    );
    assert!(text(&moved, "content/posts/Draft.en.md").contains("draft = true"));
    let said = said(&moved);
    assert!(
        said.contains("attachment (1)")
            && said.contains("what was embedded is a link now")
            && said.contains("`/?p=9` cannot be an alias"),
        "{said}"
    );
}

#[test]
fn pages_of_html() {
    let moved = moved(&[
        (
            "12/12-역전파.html",
            "<html lang=\"ko\"><head><title>블로그</title><script src=\"MathJax.js\"></script></head><body><h2 class=\"title-article\">역전파</h2><span class=\"date\">2020. 1. 2. 10:00</span><div class=\"contents_style\"><h2>절</h2><p>값 $x_1$은 <em>크다</em>. 2*3_4</p><ul><li>하나<ol><li>안</li></ol></li><li>둘</ul><figure><img src=\"../img/a.png\" width=\"300\" alt=\"그림\"><figcaption>설명</figcaption></figure><pre><code class=\"language-py\">a = 1\n\n\nb</code></pre><table><tr><th>가</th><th>나</th></tr><tr><td>1|2</td><td>3</td></tr></table><blockquote><p>말</p><p>또</p></blockquote><a href=\"../13/13-b.html\">다음</a></div><div class=\"tags\">#수학 #미분</div></body></html>",
        ),
        ("13/13-b.html", "<article><h1>B</h1><p>English words</p></article>"),
        ("img/a.png", "png"),
    ]);
    assert_eq!(
        text(&moved, "content/12/12-역전파.ko.md"),
        "+++\ntitle = \"역전파\"\ndate = \"2020-01-02\"\ntags = [\"수학\", \"미분\"]\naliases = [\"/12/12-역전파.html\"]\n+++\n\n## 절\n\n값 $x_1$은 *크다*. 2\\*3\\_4\n\n- 하나\n  1. 안\n- 둘\n\n![그림](../img/a.png \"설명\")\n\n```py\na = 1\n\n\nb\n```\n\n| 가 | 나 |\n| --- | --- |\n| 1\\|2 | 3 |\n\n> 말\n>\n> 또\n\n[다음](../13/13-b.en.md)\n"
    );
    assert!(said(&moved).contains("the size that this picture was given"), "{}", said(&moved));
}

/// Deep nesting costs no stack, and broken markup loses no words.
#[test]
fn hostile_html_keeps_its_words() {
    let deep = format!("<body>{}x{}</body>", "<div>".repeat(20_000), "</div>".repeat(20_000));
    let moved = moved(&[("a.html", deep.as_str()), ("b.html", "<p>a<b>b<i>c</p>d</i></table>e<td>f")]);
    assert!(text(&moved, "content/a.en.md").ends_with("x\n"));
    let broken = text(&moved, "content/b.en.md");
    assert!(["a", "b", "c", "d", "e", "f"].iter().all(|word| broken.contains(word)), "{broken}");
}
