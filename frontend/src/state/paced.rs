//! Values that change quickly, looked at now and then: so that a process that is busy is not asked sixty times a second.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

/// The value, at most so often another one; the last one is never missed.
#[hook]
pub fn use_paced<T: Clone + PartialEq + 'static>(value: T, millis: u32) -> T {
    let shown = use_state_eq(|| value.clone());
    let latest = use_mut_ref(|| value.clone());
    let timer = use_mut_ref(|| None::<Timeout>);
    latest.replace(value.clone());
    let setter = shown.setter();
    use_effect_with(value, move |value| {
        if timer.borrow().is_some() {
            return;
        }
        setter.set(value.clone());
        let fired = timer.clone();
        let over = Timeout::new(millis, move || {
            fired.take();
            let last = latest.borrow().clone();
            setter.set(last);
        });
        timer.replace(Some(over));
    });
    (*shown).clone()
}
