//! Two texts, line by line.

/// A line of a text that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    Same(String),
    Removed(String),
    Added(String),
}

/// The table of the comparison grows with the product of the lengths; beyond this the texts are shown whole.
const MOST_CELLS: usize = 1_000_000;

/// How `before` becomes `after`, keeping as many lines as can be.
pub fn lines(before: &str, after: &str) -> Vec<Line> {
    let old: Vec<&str> = before.lines().collect();
    let new: Vec<&str> = after.lines().collect();
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (kept, old, new) = (&old[..head], &old[head..], &new[head..]);
    let mut lines: Vec<Line> = kept.iter().map(|line| Line::Same((*line).to_owned())).collect();
    lines.extend(middle(old, new));
    lines
}

fn middle(old: &[&str], new: &[&str]) -> Vec<Line> {
    if old.len().saturating_mul(new.len()) > MOST_CELLS {
        let removed = old.iter().map(|line| Line::Removed((*line).to_owned()));
        return removed.chain(new.iter().map(|line| Line::Added((*line).to_owned()))).collect();
    }
    let common = common(old, new);
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push(Line::Same(old[i].to_owned()));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            lines.push(Line::Removed(old[i].to_owned()));
            i += 1;
        } else {
            lines.push(Line::Added(new[j].to_owned()));
            j += 1;
        }
    }
    lines
}

/// At `[i][j]`: how many lines `old[i..]` and `new[j..]` have in common, in order.
fn common(old: &[&str], new: &[&str]) -> Vec<Vec<u32>> {
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, after: &str, expected: &str) {
        let shown: Vec<String> = lines(before, after)
            .into_iter()
            .map(|line| match line {
                Line::Same(line) => format!(" {line}"),
                Line::Removed(line) => format!("-{line}"),
                Line::Added(line) => format!("+{line}"),
            })
            .collect();
        assert_eq!(shown.join("|"), expected);
    }

    #[test]
    fn lines_that_stay_are_kept() {
        check("a\nb\nc", "a\nx\nc", " a|-b|+x| c");
        check("a\nc", "a\nb\nc\nd", " a|+b| c|+d");
        check("a\nb", "b", "-a| b");
        check("", "a", "+a");
        check("a", "", "-a");
        check("a\nb", "a\nb", " a| b");
    }

    #[test]
    fn both_texts_can_be_read_back() {
        let (before, after) = ("one\ntwo\ntwo\nthree\nfour", "two\nthree\nthree\nfive\nfour");
        let all = lines(before, after);
        let side = |skip: fn(&Line) -> bool| {
            let kept = all.iter().filter(|line| !skip(line)).map(|line| match line {
                Line::Same(text) | Line::Removed(text) | Line::Added(text) => text.as_str(),
            });
            kept.collect::<Vec<_>>().join("\n")
        };
        assert_eq!(side(|line| matches!(line, Line::Added(_))), before);
        assert_eq!(side(|line| matches!(line, Line::Removed(_))), after);
    }
}
