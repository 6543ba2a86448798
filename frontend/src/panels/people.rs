//! Who is here, and where.

use yew::prelude::*;

use crate::state::lab::use_sandbox;
use crate::state::presence::{Activity, Person};
use crate::state::session::use_session;
use crate::state::topic::use_topic;

/// Everybody with what they do, and a way to follow them.
#[component]
pub fn PeoplePanel() -> Html {
    let lab = use_sandbox();
    let session = use_session();
    use_topic(lab.document.people_topic());
    use_topic(&lab.live.topics().participants);
    let me = session.user().map(|user| user.id.clone()).unwrap_or_default();
    let pages = lab.document.others();
    let following = lab.document.following();
    let mut participants = lab.live.participants();
    participants.sort_by_key(|one| (one.user != me, one.name.to_lowercase()));
    html! {
        <ul class="people">
            for one in participants {
                <li key={one.user.clone()} class="person">
                    <span class="person-name">{ &one.name }{ if one.user == me { " (you)" } else { "" } }</span>
                    <span class="person-facts">{ one.role.name() }</span>
                    for (client, page) in pages.iter().filter(|(_, page)| page.user.id == one.user) {
                        <span key={*client} class="person-place">
                            <span class="dot" style={format!("--person: {}", page.user.color)}></span>
                            { place(page) }
                            if page.at.file.is_some() && one.user != me {
                                <button
                                    type="button"
                                    class="button quiet"
                                    aria-pressed={if following == Some(*client) { "true" } else { "false" }}
                                    onclick={
                                        let (document, client, is_followed) = (lab.document.clone(), *client, following == Some(*client));
                                        Callback::from(move |_: MouseEvent| document.follow((!is_followed).then_some(client)))
                                    }
                                >{ if following == Some(*client) { "Following" } else { "Follow" } }</button>
                            }
                        </span>
                    }
                </li>
            }
        </ul>
    }
}

fn place(page: &Person) -> String {
    let doing = match (page.at.typing, page.at.status) {
        (true, _) => "typing",
        (false, Activity::Active) => "looking",
        (false, Activity::Idle) => "idle",
        (false, Activity::Away) => "away",
    };
    match &page.at.file {
        Some(file) => format!("{doing} in {file}"),
        None => doing.to_owned(),
    }
}

/// The initials of those who are here, for the top of the page.
#[component]
pub fn Faces() -> Html {
    let lab = use_sandbox();
    use_topic(lab.document.people_topic());
    let mut seen = std::collections::BTreeSet::new();
    let others: Vec<Person> = lab
        .document
        .others()
        .into_iter()
        .map(|(_, page)| page)
        .filter(|page| seen.insert(page.user.id.clone()))
        .collect();
    html! {
        <ul class="faces" aria-label="Others who are here">
            for page in others.into_iter().take(6) {
                <li
                    key={page.user.id.clone()}
                    class={classes!("face", (page.at.status != Activity::Active).then_some("quiet"))}
                    style={format!("--person: {}", page.user.color)}
                    title={format!("{}: {}", page.user.name, place(&page))}
                >
                    <span aria-hidden="true">{ initials(&page.user.name) }</span>
                    <span class="visually-hidden">{ format!("{}: {}", page.user.name, place(&page)) }</span>
                </li>
            }
        </ul>
    }
}

fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).take(2).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn initials_are_those_of_the_first_two_words() {
        assert_eq!(super::initials("kim östlund von x"), "KÖ");
        assert_eq!(super::initials(""), "");
    }
}
