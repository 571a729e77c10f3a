//! The contract of the hook, clause by clause. Requests end when a test says so, time passes
//! when a test says so, and effects run when a test says so: nothing depends on timing.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use any_spawner::Executor;
use futures_channel::oneshot;

use super::*;

thread_local! {
    static NOW: Cell<f64> = const { Cell::new(1000.0) };
    static TIMERS: RefCell<Vec<Timer>> = const { RefCell::new(Vec::new()) };
}

/// A call to come, known by number: a cleanup must be `Send`, and a callback is not.
struct Timer {
    id: u64,
    due: f64,
    callback: Box<dyn FnOnce()>,
}

const CLOCK: Clock = Clock {
    now: || NOW.get(),
    call_after: |delay, callback| {
        let id = TIMERS.with_borrow(|it| it.iter().map(|it| it.id + 1).max().unwrap_or_default());
        let due = NOW.get() + delay.as_secs_f64();
        TIMERS.with_borrow_mut(|it| it.push(Timer { id, due, callback }));
        on_cleanup(move || TIMERS.with_borrow_mut(|it| it.retain(|it| it.id != id)));
    },
};

/// Lets effects and requests go on until all of them wait.
fn settle() {
    Executor::poll_local();
}

/// Lets time pass, with what is due in it.
fn pass(time: Duration) {
    NOW.set(NOW.get() + time.as_secs_f64());
    let due: Vec<_> =
        TIMERS.with_borrow_mut(|it| it.extract_if(.., |it| it.due <= NOW.get()).collect());
    for timer in due {
        (timer.callback)();
    }
    settle();
}

/// A request that was made, and the means to end it.
struct Asked {
    key: &'static str,
    answer: oneshot::Sender<Result<u32, ApiError>>,
}

impl Asked {
    fn answer(self, outcome: Result<u32, ApiError>) {
        self.answer.send(outcome).expect("the request still runs");
        settle();
    }

    fn is_dropped(&self) -> bool {
        self.answer.is_canceled()
    }
}

/// A view with one query in it, and everything that drives it.
struct View {
    owner: Owner,
    key: RwSignal<Option<&'static str>>,
    tick: RwSignal<u64>,
    visible: RwSignal<bool>,
    /// Read by `fetch` and by its future, but no part of the key.
    aside: RwSignal<u32>,
    query: Query<u32>,
    asked: Rc<RefCell<Vec<Asked>>>,
}

impl View {
    fn new(key: Option<&'static str>) -> Self {
        // Once for the program; each test has a thread of its own, and with it its own tasks.
        let _ = Executor::init_futures_executor();
        let owner = Owner::new();
        let asked = Rc::new(RefCell::new(Vec::new()));
        let view = owner.with(|| {
            let key = RwSignal::new(key);
            let tick = RwSignal::new(0);
            let visible = RwSignal::new(true);
            let aside = RwSignal::new(0);
            let options = QueryOptions {
                tick: tick.into(),
                visible: visible.into(),
                clock: CLOCK,
            };
            let fetch = {
                let asked = asked.clone();
                move |key, _| {
                    aside.get();
                    let (answer, outcome) = oneshot::channel();
                    asked.borrow_mut().push(Asked { key, answer });
                    async move {
                        aside.get();
                        let outcome = outcome.await.expect("tests answer or let the view go");
                        aside.get();
                        outcome
                    }
                }
            };
            Self {
                owner: owner.clone(),
                key,
                tick,
                visible,
                aside,
                query: use_query(move || key.get(), options, fetch),
                asked,
            }
        });
        settle();
        view
    }

    fn look_at(&self, key: Option<&'static str>) {
        self.key.set(key);
        settle();
    }

    fn tick(&self) {
        self.tick.update(|it| *it += 1);
        settle();
    }

    fn show(&self, visible: bool) {
        self.visible.set(visible);
        settle();
    }

    fn refetch(&self) {
        self.query.refetch();
        settle();
    }

    /// The one request made since the last look.
    #[track_caller]
    fn request(&self) -> Asked {
        let mut asked = self.asked.take();
        assert_eq!(asked.len(), 1, "requests made");
        asked.remove(0)
    }

    /// That no request was made since the last look.
    #[track_caller]
    fn asks_nothing(&self) {
        assert_eq!(self.asked.borrow().len(), 0, "requests made");
    }

    /// Answers the one request made since the last look.
    #[track_caller]
    fn answer(&self, outcome: Result<u32, ApiError>) {
        self.request().answer(outcome);
    }

    /// The query's data, error, and whether it loads.
    fn state(&self) -> (Option<u32>, Option<ApiError>, bool) {
        untrack(|| {
            let data = self.query.data().map(|it| *it);
            (data, self.query.error(), self.query.loading())
        })
    }
}

fn down() -> ApiError {
    ApiError::Network("down".to_owned())
}

fn wrong() -> ApiError {
    ApiError::Refused {
        status: 400,
        message: "parse error".to_owned(),
    }
}

#[test]
fn answers_what_the_key_asks_for() {
    let view = View::new(Some("up"));
    assert_eq!(view.state(), (None, None, true));
    let request = view.request();
    assert_eq!(request.key, "up");
    pass(Duration::from_secs(3));
    request.answer(Ok(1));
    assert_eq!(view.state(), (Some(1), None, false));
    assert_eq!(untrack(|| view.query.answered_at()), Some(NOW.get()));
}

#[test]
fn equal_keys_ask_once() {
    let view = View::new(Some("up"));
    view.answer(Ok(1));
    view.look_at(Some("up"));
    view.asks_nothing();
    assert_eq!(view.state(), (Some(1), None, false));
}

#[test]
fn a_new_key_does_not_wait_for_the_old_answer() {
    let view = View::new(Some("thirty days"));
    let old = view.request();
    view.look_at(Some("five minutes"));
    assert!(old.is_dropped());
    let new = view.request();
    assert_eq!(new.key, "five minutes");
    assert_eq!(view.state(), (None, None, true));
    new.answer(Ok(5));
    assert_eq!(view.state(), (Some(5), None, false));
}

#[test]
fn the_last_answer_stays_until_the_next_one() {
    let view = View::new(Some("up"));
    view.answer(Ok(1));
    view.look_at(Some("down"));
    assert_eq!(view.state(), (Some(1), None, true));
    view.answer(Ok(2));
    assert_eq!(view.state(), (Some(2), None, false));
}

#[test]
fn without_a_key_nothing_is_asked() {
    let view = View::new(None);
    view.tick();
    view.refetch();
    view.asks_nothing();
    assert_eq!(view.state(), (None, None, false));

    // What became due meanwhile is in the first answer.
    view.look_at(Some("up"));
    view.answer(Ok(1));
    view.asks_nothing();
}

#[test]
fn a_key_that_goes_away_takes_its_request_along() {
    let view = View::new(Some("up"));
    let request = view.request();
    view.look_at(None);
    assert!(request.is_dropped());
    view.asks_nothing();
    assert_eq!(view.state(), (None, None, false));

    view.look_at(Some("up"));
    view.answer(Ok(1));
    assert_eq!(view.state(), (Some(1), None, false));
}

#[test]
fn a_tick_asks_again() {
    let view = View::new(Some("up"));
    view.answer(Ok(1));
    view.tick();
    assert_eq!(view.state(), (Some(1), None, true));
    view.answer(Ok(2));
    view.asks_nothing();
    assert_eq!(view.state(), (Some(2), None, false));
}

#[test]
fn ticks_never_overlap_a_request_and_are_served_once_after_it() {
    let view = View::new(Some("up"));
    let first = view.request();
    view.tick();
    view.tick();
    view.asks_nothing();
    first.answer(Ok(1));
    view.answer(Ok(2));
    view.asks_nothing();
    assert_eq!(view.state(), (Some(2), None, false));
}

#[test]
fn a_tick_that_brings_a_new_key_is_served_with_it() {
    let view = View::new(Some("up"));
    view.answer(Ok(1));
    view.key.set(Some("down"));
    view.tick();
    let request = view.request();
    assert_eq!(request.key, "down");
    request.answer(Ok(2));
    view.asks_nothing();
}

#[test]
fn ticks_wait_until_somebody_looks() {
    let view = View::new(Some("up"));
    view.answer(Ok(1));
    view.show(false);
    view.tick();
    view.tick();
    view.asks_nothing();
    view.show(true);
    view.answer(Ok(2));
    view.asks_nothing();
}

#[test]
fn becoming_visible_asks_nothing_when_nothing_is_due() {
    let view = View::new(Some("up"));
    view.answer(Ok(1));
    view.show(false);
    view.show(true);
    view.asks_nothing();
}

#[test]
fn a_failure_keeps_the_answer_and_a_success_ends_it() {
    let view = View::new(Some("up"));
    view.answer(Ok(1));
    let answered_at = untrack(|| view.query.answered_at());
    pass(Duration::from_secs(60));
    view.tick();
    view.answer(Err(down()));
    assert_eq!(view.state(), (Some(1), Some(down()), false));
    assert_eq!(untrack(|| view.query.answered_at()), answered_at);

    // The error stays in sight until it is known to be over.
    view.tick();
    assert_eq!(view.state(), (Some(1), Some(down()), true));
    view.answer(Ok(2));
    assert_eq!(view.state(), (Some(2), None, false));
}

#[test]
fn a_failure_that_may_pass_is_tried_again_until_it_has_passed() {
    let view = View::new(Some("up"));
    view.answer(Err(down()));
    for _ in 0..3 {
        pass(RETRY_AFTER - Duration::from_millis(1));
        view.asks_nothing();
        pass(Duration::from_millis(1));
        view.answer(Err(down()));
    }
    pass(RETRY_AFTER);
    view.answer(Ok(1));
    assert_eq!(view.state(), (Some(1), None, false));
    pass(RETRY_AFTER);
    view.asks_nothing();
}

#[test]
fn a_question_that_was_wrong_is_not_tried_again() {
    let view = View::new(Some("up{"));
    view.answer(Err(wrong()));
    pass(RETRY_AFTER);
    view.asks_nothing();
    assert_eq!(view.state(), (None, Some(wrong()), false));
}

#[test]
fn nobody_looks_at_a_retry_before_somebody_does() {
    let view = View::new(Some("up"));
    view.answer(Err(down()));
    view.show(false);
    pass(RETRY_AFTER);
    view.asks_nothing();
    view.show(true);
    view.answer(Ok(1));
}

#[test]
fn another_request_stands_in_for_the_retry() {
    let view = View::new(Some("up"));
    view.answer(Err(down()));
    view.tick();
    let request = view.request();
    pass(RETRY_AFTER);
    request.answer(Ok(1));
    view.asks_nothing();
}

#[test]
fn refetching_starts_over() {
    let view = View::new(Some("up"));
    let old = view.request();
    view.refetch();
    assert!(old.is_dropped());
    view.answer(Ok(2));
    view.asks_nothing();
    assert_eq!(view.state(), (Some(2), None, false));

    view.refetch();
    view.answer(Ok(3));
    assert_eq!(view.state(), (Some(3), None, false));
}

#[test]
fn a_request_cancelled_after_its_answer_came_reports_nothing() {
    let view = View::new(Some("up"));
    // Answer and new key in the same breath: the request did not get to look at its answer.
    let old = view.request();
    view.key.set(Some("down"));
    let _ = old.answer.send(Err(wrong()));
    settle();
    assert_eq!(view.state().1, None);
    let new = view.request();
    assert_eq!(new.key, "down");
    new.answer(Ok(2));
    assert_eq!(view.state(), (Some(2), None, false));
}

#[test]
fn leaving_the_view_drops_the_request() {
    let view = View::new(Some("up"));
    let request = view.request();
    view.owner.cleanup();
    settle();
    assert!(request.is_dropped());
}

#[test]
fn leaving_the_view_ends_the_retry() {
    let view = View::new(Some("up"));
    view.answer(Err(down()));
    assert_eq!(TIMERS.with_borrow(Vec::len), 1);
    view.owner.cleanup();
    settle();
    assert_eq!(TIMERS.with_borrow(Vec::len), 0);
}

#[test]
fn what_a_request_looks_at_starts_no_other() {
    let view = View::new(Some("up"));
    let request = view.request();
    view.aside.set(1);
    settle();
    view.asks_nothing();
    request.answer(Ok(1));
    view.aside.set(2);
    settle();
    view.asks_nothing();
}
