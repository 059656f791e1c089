//! The code blocks of a Markdown page. The build script reads them too, to compile those in Rust.

/// A code block.
pub(crate) struct Fence {
    pub(crate) language: String,
    pub(crate) text: String,
    /// The line of its first fence, from 1.
    pub(crate) line: usize,
    /// The HTML comment directly above it, such as `not run: it needs a registry`.
    pub(crate) mark: Option<String>,
    /// The block of `text` directly below it.
    pub(crate) output: Option<String>,
}

/// The blocks of a page, in order. A block of `text` below another is that block's output.
pub(crate) fn fences(page: &str) -> Vec<Fence> {
    let mut fences: Vec<Fence> = Vec::new();
    let mut lines = page.lines().zip(1..);
    // The last line outside of blocks, and whether a block ended directly above.
    let (mut above, mut adjacent) = ("", false);
    while let Some((line, number)) = lines.next() {
        let Some(language) = line.trim_start().strip_prefix("```") else {
            if !line.trim().is_empty() {
                (above, adjacent) = (line.trim(), false);
            }
            continue;
        };
        let text: String = lines
            .by_ref()
            .map(|(line, _)| line)
            .take_while(|line| line.trim() != "```")
            .flat_map(|line| [line, "\n"])
            .collect();
        let mark = above
            .strip_prefix("<!-- ")
            .and_then(|mark| mark.strip_suffix(" -->"));
        match fences.last_mut() {
            Some(last) if adjacent && language == "text" => last.output = Some(text),
            _ => fences.push(Fence {
                language: language.to_owned(),
                text,
                line: number,
                mark: mark.map(str::to_owned),
                output: None,
            }),
        }
        (above, adjacent) = ("", true);
    }
    fences
}
