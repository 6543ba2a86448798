//! What sandboxes can begin as, with what each teaches.

use shared::api::sandboxes::Template;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::net::{NetError, sandboxes};

/// See [`TemplateList`].
#[derive(PartialEq, Properties)]
pub struct TemplateListProps {
    /// Called with the id of the one that is chosen.
    pub on_choose: Callback<String>,
}

/// The templates as cards.
#[component]
pub fn TemplateList(props: &TemplateListProps) -> Html {
    let templates = use_state(|| None::<Result<Vec<Template>, NetError>>);
    {
        let setter = templates.setter();
        use_effect_with((), move |()| {
            spawn_local(async move { setter.set(Some(sandboxes::templates().await)) });
        });
    }
    match &*templates {
        None => {
            html! { <div class="templates" aria-busy="true">{ for (0..6).map(|_| html! { <div class="skeleton card"></div> }) }</div> }
        }
        Some(Err(error)) => html! { <p role="alert">{ error.to_string() }</p> },
        Some(Ok(list)) => html! {
            <ul class="templates">
                for template in list.clone() {
                    <li key={template.id.clone()}>
                        <button type="button" class="template" onclick={
                            let (choose, id) = (props.on_choose.clone(), template.id.clone());
                            Callback::from(move |_: MouseEvent| choose.emit(id.clone()))
                        }>
                            <span class="template-title">{ &template.title }</span>
                            <span class="template-summary">{ &template.summary }</span>
                        </button>
                    </li>
                }
            </ul>
        },
    }
}
