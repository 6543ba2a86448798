//! How the description of the API says which values it takes, where the type of a field does not say it all.

use std::borrow::Cow;

use utoipa::openapi::schema::{AdditionalProperties, AnyOfBuilder, KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{Number, PartialSchema, ToSchema};

use super::bounds;
use super::sandboxes::{FILES_MAX, NewSandbox, PATH_MAX};
use crate::event::EventKind;
use crate::limits::Limits;

/// Types that exist only to be described.
macro_rules! described {
    ($($(#[$doc:meta])* $name:ident => $schema:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )*};
}

described! {
    /// What a person or a token is called.
    Name => text(1, bounds::NAME_MAX, "A name: nothing in it that does not show").pattern(Some(bounds::NAME_PATTERN));
    /// What a sandbox is called.
    SandboxName => text(1, bounds::SANDBOX_NAME_MAX, "A name: nothing in it that does not show")
        .pattern(Some(bounds::NAME_PATTERN));
    /// What somebody signs in with.
    Login => text(bounds::LOGIN.0, bounds::LOGIN.1, "Letters, digits and `.@_+-`; case does not matter")
        .pattern(Some(bounds::LOGIN_PATTERN));
    /// A new password.
    Password => text(bounds::PASSWORD.0, bounds::PASSWORD.1, "A password")
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)));
    /// What somebody says.
    Message => text(1, bounds::CHAT_MAX, "Something that is not blank").pattern(Some(bounds::TEXT_PATTERN));
    /// For `Idempotency-Key`.
    Key => text(1, bounds::KEY_MAX, "Visible characters of ASCII").pattern(Some(bounds::KEY_PATTERN));
    /// A file of Elixir.
    ElixirPath => text(3, PATH_MAX, "The path of a file of Elixir").pattern(Some("\\.exs?$"));
    /// Text files by their paths.
    TextFiles => ObjectBuilder::new()
        .description(Some("Text files by their paths, 4 MiB at most"))
        .property_names(Some(text(1, PATH_MAX, "A path").pattern(Some(bounds::PATH_PATTERN)).build()))
        .additional_properties(Some(AdditionalProperties::RefOr(ObjectBuilder::new().schema_type(Type::String).into())))
        .max_properties(Some(FILES_MAX));
    /// Bounds of a session.
    SessionBound => unsigned(u64::from(u32::MAX)).minimum(Some(Number::UInt(1)));
    /// How long a run may take.
    RunMillis => unsigned(bounds::RUN_MILLIS_MAX)
        .description(Some("How long it may take outside, in milliseconds; 10 seconds when nothing is said"))
        .minimum(Some(Number::UInt(1)));
    /// A number of 32 bits.
    Unsigned32 => unsigned(u64::from(u32::MAX));
    /// A number of 64 bits: of an event, a process, a seed.
    Unsigned64 => unsigned(u64::MAX);
    /// The kinds of events.
    EventName => ObjectBuilder::new().schema_type(Type::String).enum_values(Some(EventKind::NAMES));
    /// Kinds of events, separated by commas.
    EventNames => {
        let names = EventKind::NAMES.join("|");
        ObjectBuilder::new().schema_type(Type::String).pattern(Some(format!("^({names})(,({names}))*$")))
    };
    /// Numbers of processes, separated by commas.
    Pids => ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[0-9]{1,18}(,[0-9]{1,18})*$"));
    /// What a program may use.
    SandboxLimits => limits();
}

fn unsigned(most: u64) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(Number::UInt(0)))
        .maximum(Some(Number::UInt(usize::try_from(most).unwrap_or(usize::MAX))))
}

fn text(least: usize, most: usize, what: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(what))
        .min_length(Some(least))
        .max_length(Some(most))
}

/// People may lower limits; raising them above the defaults is for whoever runs the server.
fn limits() -> ObjectBuilder {
    let defaults = serde_json::to_value(Limits::default()).unwrap_or_default();
    let each = defaults.as_object().into_iter().flatten();
    let object = each.fold(ObjectBuilder::new(), |object, (name, most)| {
        object.property(name, unsigned(most.as_u64().unwrap_or(u64::MAX)))
    });
    object.additional_properties(Some(AdditionalProperties::FreeForm(false)))
}

/// It begins with one thing at most, which no attribute of its fields can say.
impl PartialSchema for NewSandbox {
    fn schema() -> RefOr<Schema> {
        let nothing = || ObjectBuilder::new().schema_type(Type::Null);
        let or_nothing = |schema: RefOr<Schema>| AnyOfBuilder::new().item(nothing()).item(schema);
        let string = |what: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(what)).into();
        let ways: [(&str, RefOr<Schema>); 3] = [
            ("template", string("The template it begins as")),
            ("files", TextFiles::schema()),
            ("link", string("The secret of a link to the sandbox that it begins as a copy of")),
        ];
        let one = |way: &str| {
            let object = ObjectBuilder::new()
                .property("name", or_nothing(SandboxName::schema()))
                .additional_properties(Some(AdditionalProperties::FreeForm(false)));
            ways.iter().fold(object, |object, (name, schema)| match *name == way {
                true => object.property(*name, or_nothing(schema.clone())),
                false => object.property(*name, nothing()),
            })
        };
        let what = "A new sandbox, empty unless one of `template`, `files` and `link` says what it begins with";
        ways.iter().fold(AnyOfBuilder::new().description(Some(what)), |any, (way, _)| any.item(one(way))).into()
    }
}

impl ToSchema for NewSandbox {}
