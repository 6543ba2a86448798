//! Environment variables. They are the sandbox's own: it begins with those that its settings give it.

use shared::Term;

use super::answer::{Answer, Failure};
use super::arguments::Arguments;
use crate::host::Host;

/// A name of a variable: no `=` and no zero in it.
fn name(arguments: &Arguments<'_>) -> Result<String, Failure> {
    let name = arguments.text(0)?;
    if name.contains(['=', '\0']) { Err(Failure::badarg()) } else { Ok(name) }
}

pub(super) fn env(host: &mut Host, _: &Arguments<'_>) -> Answer {
    let pair = |(name, value): (&String, &String)| Term::tuple([Term::string(name), Term::string(value)]);
    Ok(Term::list(host.kernel().settings().environment().map(pair)).into())
}

pub(super) fn getenv(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let name = name(arguments)?;
    let value = host.kernel().settings().variable(&name).map(Term::string);
    Ok(value.unwrap_or_else(|| Term::bool(false)).into())
}

pub(super) fn putenv(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let (name, value) = (name(arguments)?, arguments.text(1)?);
    if value.contains('\0') {
        return Err(Failure::badarg());
    }
    host.kernel_mut().put_variable(name, value)?;
    Ok(true.into())
}

pub(super) fn unsetenv(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let name = name(arguments)?;
    host.kernel_mut().settings_mut().remove_variable(&name);
    Ok(true.into())
}
