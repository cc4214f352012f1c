// Reads lines with clap 4 ("clap"; "clap-infer": unique beginnings of long names count).
use clap::{Arg, ArgAction, Command};
use std::io::BufRead;

const VALUED: [(&str, char); 3] = [("execute", 'e'), ("execute-print", 'p'), ("libdir", 'I')];
const FLAGS: [(&str, char); 2] = [("dry-run", 'n'), ("quiet", 'q')];

fn coded(text: &str) -> String {
    text.bytes().fold("x".to_string(), |out, byte| out + &format!("{byte:02x}"))
}

fn word(field: &str) -> String {
    let bytes = (1..field.len()).step_by(2).map(|at| u8::from_str_radix(&field[at..at + 2], 16).unwrap());
    String::from_utf8(bytes.collect()).unwrap()
}

fn command(infer: bool) -> Command {
    let mut command = Command::new("program").disable_help_flag(true).infer_long_args(infer);
    for (name, letter) in VALUED {
        // execute may be repeated and takes any word; the others do neither
        let action = if name == "execute" { ArgAction::Append } else { ArgAction::Set };
        command = command.arg(Arg::new(name).long(name).short(letter).action(action).allow_hyphen_values(name == "execute"));
    }
    for (name, letter) in FLAGS {
        let action = if name == "quiet" { ArgAction::Count } else { ArgAction::SetTrue };
        command = command.arg(Arg::new(name).long(name).short(letter).action(action));
    }
    command = command.arg(
        Arg::new("tasks").long("tasks").short('T').num_args(0..=1).require_equals(true).default_missing_value("").action(ArgAction::Append),
    );
    command.arg(Arg::new("rest").num_args(0..))
}

fn main() {
    let infer = std::env::args().nth(1).as_deref() == Some("clap-infer");
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let words = std::iter::once("program".to_string()).chain(line.split_whitespace().map(word));
        let Ok(found) = command(infer).try_get_matches_from(words) else {
            println!("refused");
            continue;
        };
        let mut out = Vec::new();
        for name in ["execute", "execute-print", "libdir", "tasks"] {
            for value in found.get_many::<String>(name).into_iter().flatten() {
                out.push(format!("{name}={}", coded(value)));
            }
        }
        if found.get_flag("dry-run") {
            out.push("dry-run".to_string());
        }
        for _ in 0..found.get_count("quiet") {
            out.push("quiet".to_string());
        }
        out.push("|".to_string());
        out.extend(found.get_many::<String>("rest").into_iter().flatten().map(|value| coded(value)));
        println!("{}", out.join(" "));
    }
}
