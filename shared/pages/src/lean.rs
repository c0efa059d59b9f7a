//! Scripts and style sheets without what only their readers need, for the build script: comments and indentation. Lines stay
//! where they are, so that what a browser says of one is true of the source.

/// A script without comments and indentation. `None` where it is not understood: it is served as it is then.
pub fn script(source: &str) -> Option<String> {
    let mut scanner = Scanner::new(source);
    scanner.code(Ends::WithTheSource)?;
    Some(scanner.out)
}

/// A style sheet without comments and indentation; `None` as for scripts.
pub fn style_sheet(source: &str) -> Option<String> {
    let mut scanner = Scanner::new(source);
    while let Some(next) = scanner.peek() {
        match next {
            '/' if scanner.rest().starts_with("/*") => scanner.block_comment()?,
            '"' | '\'' => scanner.string(next)?,
            _ if next.is_ascii_whitespace() => scanner.space(next),
            _ => scanner.copy(),
        }
    }
    Some(scanner.out)
}

/// Words after which a slash begins a regular expression and is no division.
const BEFORE_EXPRESSIONS: [&str; 14] = [
    "await",
    "case",
    "delete",
    "do",
    "else",
    "in",
    "instanceof",
    "new",
    "of",
    "return",
    "throw",
    "typeof",
    "void",
    "yield",
];

struct Scanner<'a> {
    source: &'a str,
    at: usize,
    out: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    WithTheSource,
    /// With the brace that closes the `${` of a template.
    WithABrace,
}

impl<'a> Scanner<'a> {
    fn new(source: &'a str) -> Self {
        Self { source, at: 0, out: String::with_capacity(source.len()) }
    }

    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn copy(&mut self) {
        if let Some(next) = self.peek() {
            self.out.push(next);
            self.at += next.len_utf8();
        }
    }

    fn code(&mut self, ends: Ends) -> Option<()> {
        let mut depth = 0_usize;
        while let Some(next) = self.peek() {
            match next {
                '/' if self.rest().starts_with("//") => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                '/' if self.rest().starts_with("/*") => self.block_comment()?,
                '/' if self.expects_expression() => self.regular_expression()?,
                '"' | '\'' => self.string(next)?,
                '`' => self.template()?,
                '}' if depth == 0 => return (ends == Ends::WithABrace).then(|| self.copy()),
                _ if next.is_ascii_whitespace() => self.space(next),
                _ => {
                    depth += usize::from(next == '{');
                    depth -= usize::from(next == '}');
                    self.copy();
                }
            }
        }
        (ends == Ends::WithTheSource && depth == 0).then_some(())
    }

    /// One space where there were many, none where a line begins or ends.
    fn space(&mut self, space: char) {
        self.at += space.len_utf8();
        if space == '\n' {
            self.out.truncate(self.out.trim_end_matches(' ').len());
            self.out.push('\n');
        } else if !self.out.is_empty() && !self.out.ends_with(['\n', ' ']) {
            self.out.push(' ');
        }
    }

    /// A comment is a space between words, and its lines are lines.
    fn block_comment(&mut self) -> Option<()> {
        let end = self.rest().find("*/")? + "*/".len();
        let lines = self.rest()[..end].matches('\n').count();
        self.at += end;
        if lines == 0 {
            // `space` steps over one of the comment's own bytes.
            self.at -= 1;
            self.space(' ');
        }
        self.out.extend(std::iter::repeat_n('\n', lines));
        Some(())
    }

    fn string(&mut self, quote: char) -> Option<()> {
        self.copy();
        loop {
            match self.peek()? {
                '\n' => return None,
                '\\' => {
                    self.copy();
                    self.copy();
                }
                next => {
                    self.copy();
                    if next == quote {
                        return Some(());
                    }
                }
            }
        }
    }

    fn template(&mut self) -> Option<()> {
        self.copy();
        loop {
            match self.peek()? {
                '\\' => {
                    self.copy();
                    self.copy();
                }
                '`' => {
                    self.copy();
                    return Some(());
                }
                '$' if self.rest().starts_with("${") => {
                    self.copy();
                    self.copy();
                    self.code(Ends::WithABrace)?;
                }
                _ => self.copy(),
            }
        }
    }

    /// Whether an expression may begin here, by what stands before.
    fn expects_expression(&self) -> bool {
        let before = self.out.trim_end();
        let is_of_word = |character: char| character.is_alphanumeric() || "_$".contains(character);
        let word = &before[before.trim_end_matches(is_of_word).len()..];
        if word.is_empty() {
            !before.ends_with([')', ']', '}', '`', '"', '\''])
        } else {
            BEFORE_EXPRESSIONS.contains(&word)
        }
    }

    fn regular_expression(&mut self) -> Option<()> {
        self.copy();
        let mut in_class = false;
        loop {
            let next = self.peek()?;
            self.copy();
            match next {
                '\n' => return None,
                '\\' => self.copy(),
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => return Some(()),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indentation_go_and_lines_stay() {
        let source =
            "/** What it is.\n * More. */\nexport function f(a /* one */, b) { // two\n  return  a\n    + b;\n}\n";
        assert_eq!(script(source).unwrap(), "\n\nexport function f(a , b) {\nreturn a\n+ b;\n}\n");
        assert_eq!(script("const a = /** @type {any} */ (b);").unwrap(), "const a = (b);");
        assert_eq!(script("return/* a\n */b").unwrap(), "return\nb");
        assert_eq!(script("in/**/x").unwrap(), "in x");
    }

    #[test]
    fn what_only_looks_like_a_comment_stays() {
        for kept in [
            "const a = 'http://x/*';",
            "const a = \"// \\\" /* \";",
            "const a = `// ${b} /* c */ \\` ${`//`} //`;",
            "const a = /\\/\\/[/*]'`/u.test(b);",
            "return /[\"']/;",
            "const a = b / c / d;",
            "const a = f() / g[0] / 2;",
            "a = x ? /\\// : y;",
        ] {
            assert_eq!(script(kept).as_deref(), Some(kept));
        }
    }

    #[test]
    fn templates_keep_their_text_and_code_within_them_loses_its_comments() {
        let source = "a = html`\n  <p>${\n    // why\n    b({ c: `}` }) /* d */}\n  // text</p>`;";
        assert_eq!(script(source).unwrap(), "a = html`\n  <p>${\n\nb({ c: `}` }) }\n  // text</p>`;");
    }

    #[test]
    fn what_is_not_understood_is_left_alone() {
        for source in ["a = 'b\n'", "a = `b", "/* a", "}", "{", "a = (/b\n/)", "`${a`"] {
            assert_eq!(script(source), None, "{source}");
        }
        assert_eq!(style_sheet("/* a"), None);
        assert_eq!(style_sheet("a { content: \""), None);
    }

    #[test]
    fn style_sheets_are_treated_alike() {
        let source = "/* a */\n@layer x {\n  a::before { content: \"/* b */  \"; } /* c\n  d */\n}\n";
        assert_eq!(style_sheet(source).unwrap(), "\n@layer x {\na::before { content: \"/* b */  \"; } \n\n}\n");
    }
}
