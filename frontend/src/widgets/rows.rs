//! Many rows of the same height, of which only those are made that can be seen.

use web_sys::Element;
use yew::prelude::*;

/// Rows above and below those that can be seen, so that scrolling does not show gaps.
const OVERSCAN: usize = 12;

/// See [`Rows`].
#[derive(Clone, PartialEq, Properties)]
pub struct RowsProps {
    /// How many there are.
    pub count: usize,
    /// How high each is, in pixels.
    pub height: usize,
    /// What the whole is called.
    pub label: AttrValue,
    /// `grid` or `log`.
    pub role: AttrValue,
    /// Whether to stay at the end when rows are added there, as long as somebody looks at the end.
    #[prop_or_default]
    pub follows: bool,
    /// Something to scroll to; it is done whenever it changes.
    #[prop_or_default]
    pub show: Option<usize>,
    /// What stands above the rows.
    #[prop_or_default]
    pub head: Html,
    /// Makes the rows from the first to before the last.
    pub draw: Callback<(usize, usize), Html>,
    /// Keys that are pressed in it.
    #[prop_or_default]
    pub onkeydown: Callback<KeyboardEvent>,
}

/// Which rows are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    /// From the first to before the last.
    Part(usize, usize),
    /// So many at the end, however many there are.
    End(usize),
}

impl Made {
    fn of(self, count: usize) -> (usize, usize) {
        match self {
            Self::Part(first, last) => (first.min(count), last.min(count)),
            Self::End(made) => (count.saturating_sub(made), count),
        }
    }
}

/// The rows.
#[component]
pub fn Rows(props: &RowsProps) -> Html {
    let place = use_node_ref();
    let made = use_state_eq(|| if props.follows { Made::End(60) } else { Made::Part(0, 60) });
    let (height, follows) = (props.height, props.follows);
    let look = {
        let (place, made) = (place.clone(), made.setter());
        use_callback((height, follows), move |(), (height, follows)| {
            let Some(list) = place.cast::<Element>() else { return };
            let (top, seen) = (list.scroll_top().max(0) as usize, list.client_height().max(0) as usize);
            let rows = seen / height + OVERSCAN;
            let is_at_end = *follows && top + seen + 2 * height >= list.scroll_height().max(0) as usize;
            made.set(if is_at_end {
                Made::End(rows)
            } else {
                // In steps, so that not every pixel draws anew.
                let first = (top / height).saturating_sub(OVERSCAN) / 4 * 4;
                Made::Part(first, first + rows + OVERSCAN + 4)
            });
        })
    };
    {
        // Whoever looks at the end is there at once: looking first where that is would draw everything twice.
        let (place, look, is_at_end) = (place.clone(), look.clone(), follows && matches!(*made, Made::End(_)));
        use_effect_with(props.count, move |_| {
            if let Some(list) = place.cast::<Element>().filter(|_| is_at_end) {
                list.set_scroll_top(i32::MAX);
            }
            look.emit(());
        });
    }
    {
        let place = place.clone();
        use_effect_with(props.show, move |show| {
            let (Some(list), Some(at)) = (place.cast::<Element>(), *show) else { return };
            let (top, bottom) = ((at * height) as i32, ((at + 2) * height) as i32);
            if top < list.scroll_top() {
                list.set_scroll_top(top);
            } else if bottom > list.scroll_top() + list.client_height() {
                list.set_scroll_top(bottom - list.client_height());
            }
        });
    }
    let (first, last) = made.of(props.count);
    html! {
        <div
            ref={place}
            class="rows"
            role={props.role.clone()}
            aria-label={props.label.clone()}
            aria-rowcount={(props.role == "grid").then(|| (props.count + 1).to_string())}
            tabindex="0"
            onscroll={look.reform(|_: Event| ())}
            onkeydown={props.onkeydown.clone()}
        >
            { props.head.clone() }
            <div role="presentation" style={format!("block-size: {}px", first * height)}></div>
            { props.draw.emit((first, last)) }
            <div role="presentation" style={format!("block-size: {}px", (props.count - last) * height)}></div>
        </div>
    }
}
