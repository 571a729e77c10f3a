//! The picture of an alert: the panel that its rule names in the annotation `panel`, or else its
//! own expression, over the hour before.
//!
//! A message never waits for long, nor fails, because of a picture: what stands in the way of one
//! becomes a sentence. Questions end after the patience of all lookups, drawing after
//! [`DRAWING`], and no more than [`AT_ONCE`] pictures are drawn at a time.

mod subject;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use futures_util::future::try_join_all;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use venti_model::answer::Answer;
use venti_model::dashboard::PanelKind;
use venti_model::step::Grid;
use venti_model::unit::FormatOptions;
use venti_model::variables::Variables;
use venti_panel::{PanelSlots, pie, time_series};
use venti_picture::{Body, Picture};

use super::alert::Alert;
use super::context;
use super::text::{Redaction, clean_line};
use crate::App;
use crate::upstream::Endpoint;
use subject::Subject;

/// So many pictures are drawn at once: each keeps a processor busy and some megabytes.
const AT_ONCE: usize = 2;

/// How long drawing may take, waiting for its turn included.
const DRAWING: Duration = Duration::from_secs(5);

/// Targets of a panel that are asked.
const TARGETS: usize = 20;

/// Draws pictures; clones share the bound.
#[derive(Clone, Debug)]
pub(super) struct Painter(Arc<Semaphore>);

impl Default for Painter {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Painter {
    /// A PNG, or why there is none; nothing where there is nothing to draw.
    pub(super) async fn paint(
        &self,
        app: &App,
        alert: &Alert,
        redaction: &Redaction,
    ) -> Option<Result<Bytes, String>> {
        let subject = match Subject::of(app, alert)? {
            Ok(subject) => subject,
            Err(error) => return Some(Err(error)),
        };
        let picture = match picture(&subject, alert, redaction).await {
            Ok(picture) => picture,
            Err(error) => return Some(Err(error)),
        };
        Some(self.draw(picture).await)
    }

    async fn draw(&self, picture: Picture) -> Result<Bytes, String> {
        let permits = self.0.clone();
        let drawn = async move {
            // They are never closed.
            let permit = permits.acquire_owned().await.map_err(|it| it.to_string())?;
            let drawn = spawn_blocking(move || {
                // Kept until the work ends, even when nobody waits for it any more.
                let _permit = permit;
                picture.png()
            });
            let png = drawn.await.map_err(|_| "drawing failed".to_owned())?;
            png.map(Bytes::from).map_err(|it| it.to_string())
        };
        let in_time = timeout(DRAWING, drawn).await;
        in_time.unwrap_or_else(|_| Err(format!("it was not drawn within {DRAWING:?}")))
    }
}

/// Asks what the subject asks, and puts it together as on the page.
async fn picture(
    subject: &Subject,
    alert: &Alert,
    redaction: &Redaction,
) -> Result<Picture, String> {
    let grid = subject.grid;
    let panel = &subject.panel;
    let is_pie = panel.kind == PanelKind::Piechart;
    let asked = panel.targets.iter().take(TARGETS).map(|target| {
        let query = variables(alert, grid).substitute(&target.expr);
        let parameters = if is_pie {
            vec![("time", grid.end.to_string())]
        } else {
            vec![
                ("start", grid.start.to_string()),
                ("end", grid.end.to_string()),
                ("step", grid.step.to_string()),
            ]
        };
        let endpoint = if is_pie {
            Endpoint::Query
        } else {
            Endpoint::QueryRange
        };
        async move { context::ask(&subject.datasource, endpoint, &query, parameters).await }
    });
    let answers = try_join_all(asked).await?.into_iter();
    let answers = answers.map(|data| Answer {
        data: subject.arranged(data, alert),
        warnings: Vec::new(),
        next: None,
    });
    let answers: Vec<Answer> = answers.collect();
    let safe = |text: &str| redaction.apply(&clean_line(text));
    let mut slots = PanelSlots::default();
    let slots = |names: &[&str]| slots.assign(names);
    let body = if is_pie {
        let format = FormatOptions {
            now: Some(grid.end as f64),
            ..FormatOptions::default()
        };
        let mut data = pie::slices(panel, answers, &format, slots).map_err(|it| it.to_string())?;
        for slice in &mut data.slices {
            slice.label = safe(&slice.label);
        }
        Body::Pie(data)
    } else {
        let data = time_series::plot(panel, answers, grid, slots);
        let mut data = data.map_err(|it| it.to_string())?;
        data.rename(safe);
        let fired_at = alert.fired_at.seconds();
        // It may lie within the second that ends the axis.
        data.options.moments = vec![fired_at.min(grid.end as f64)];
        Body::Lines(data)
    };
    Ok(Picture {
        title: safe(&panel.title),
        subtitle: safe(&subject.about),
        body,
    })
}

/// What dashboards leave open, as the alert fills it.
fn variables(alert: &Alert, grid: Grid) -> Variables {
    let label = |name| Some(alert.label(name).to_owned()).filter(|it| !it.is_empty());
    Variables {
        namespace: label("namespace"),
        node: label("node"),
        interval: grid.step,
        range: grid.end.abs_diff(grid.start),
    }
}
