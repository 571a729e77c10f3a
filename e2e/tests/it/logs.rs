//! Somebody searches logs.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::sync::OnceLock;

use anyhow::anyhow;
use thirtyfour::prelude::Key;
use venti_e2e::pages::{DashboardPage, LogsPage, MetricsPage, Row};
use venti_e2e::{ColorScheme, eventually, fresh_stack, journey_on};
use venti_local::Running;
use venti_model::time::Zone;

use crate::support::configuration;

/// The half hour from 2024-01-02T03:00:00Z, which has the lines of [`corpus`].
const VIEW: &str = "from=1704164400&to=1704166200";

/// How many lines the namespace `shop` has, one each half second.
const N_LINES: usize = 2_500;

const WEB: [&str; 2] = ["web-7d4b9c6f5-x2k8z", "web-7d4b9c6f5-4fzt7"];

const DASHBOARD: &str = r#"
title: Shop
rows:
- panels:
  - title: Failures
    type: logs
    targets:
    - expr: pod{namespace="shop"} |= "refused"
"#;

/// Would set a variable that tells on it if it ever ran.
const IMAGE: &str = "<img src=x onerror=\"window.e2eOwned=1\">";

#[tokio::test]
async fn a_query_is_answered_with_its_lines() -> anyhow::Result<()> {
    journey_on(stack()?, "logs-query", async |browser| {
        browser.travel_to("Asia/Seoul").await?;
        let page = LogsPage::open(browser, VIEW).await?;
        page.write("pod{namespace=\"shop\"} |= ").await?;
        let faulty = page.shows("the fault is told", |it| !it.fault.is_empty());
        let faulty = faulty.await?;
        assert!(faulty.fault.starts_with("1:"), "{faulty:?}");
        assert!(!faulty.blamed.is_empty(), "{faulty:?}");
        browser.screenshot("logs-fault").await?;

        // What may be written next is offered, names of targets too.
        page.write("pod{namespace=\"sh").await?;
        page.take_offer("shop").await?;
        page.shows("the offer is taken", |it| {
            it.query == "pod{namespace=\"shop"
        })
        .await?;

        let query = "pod{namespace=\"shop\"} |= \"refused\" |~ \"id=\\\\d+\"";
        page.write(query).await?;
        page.press_enter().await?;
        let expected: Vec<_> = (0..N_LINES).filter(|it| is_failure(*it)).map(row).collect();
        let shown = page.shows("the lines are those of the files", |it| {
            it.state.as_deref() == Some("ready") && plain(&it.rows) == expected
        });
        let shown = shown.await?;
        assert_eq!(shown.fault, "");
        assert_eq!(shown.heading.as_deref(), Some("25 lines"));
        for (number, line) in shown.rows.iter().enumerate() {
            let id = format!("id={}", number * 100 + 99);
            assert_eq!(line.marked, ["refused".to_owned(), id]);
            assert_eq!(line.level, "error");
        }
        browser.screenshot("logs-query").await?;

        browser.reload().await?;
        page.shows("a reload shows the same", |it| *it == shown)
            .await?;
        page.write("pod{namespace=\"shop\"} |= \"nobody\"").await?;
        page.press_enter().await?;
        page.shows("nothing is found", |it| {
            it.state.as_deref() == Some("empty")
        })
        .await?;
        browser.back().await?;
        page.shows("back shows the same", |it| *it == shown).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn arrow_keys_lead_from_line_to_line() -> anyhow::Result<()> {
    journey_on(stack()?, "logs-keys", async |browser| {
        let page = LogsPage::open(browser, VIEW).await?;
        page.write("pod{namespace=\"shop\"} |= \"refused\"").await?;
        page.press_enter().await?;
        page.shows("the newest line is in sight", |it| {
            it.is_at_end && it.rows.len() == 25
        })
        .await?;
        // The list is one tab stop, however many lines it has.
        let stops = "return document.querySelectorAll('.virtual-list button:not([tabindex=\"-1\"])').length";
        assert_eq!(browser.read::<usize>(stops).await?, 0);
        page.press_keys(&[Key::Up, Key::Up, Key::Up, Key::Down, Key::Enter])
            .await?;
        let before_last = message(N_LINES - 101);
        eventually("the line before the last is open", async || {
            Ok((page.details().await?.1 == before_last).then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
async fn older_lines_join_on_and_the_reader_stays_where_they_are() -> anyhow::Result<()> {
    journey_on(stack()?, "logs-older", async |browser| {
        let page = LogsPage::open(browser, VIEW).await?;
        page.write("pod{namespace=\"shop\"}").await?;
        page.press_enter().await?;
        let newest = page.shows("the newest page is shown", |it| {
            let last = it.rows.last().map(|it| &it.text);
            it.is_at_end && last == Some(&message(N_LINES - 1))
        });
        let newest = newest.await?;
        assert_eq!(newest.heading.as_deref(), Some("1000 lines"));
        assert_eq!(newest.warnings.len(), 1, "{:?}", newest.warnings);
        assert!(newest.rows.len() < 300, "all are drawn");

        page.scroll_to_top().await?;
        let first = message(N_LINES - 1_000);
        page.shows("its oldest line is in sight", |it| {
            it.rows.first().map(|it| &it.text) == Some(&first)
        })
        .await?;
        page.press("Load older").await?;
        let older = page.shows("older lines are there", |it| {
            it.heading.as_deref() == Some("2000 lines") && it.rows.iter().any(|it| it.text == first)
        });
        assert!(!older.await?.is_at_end);
        page.press("Load older").await?;
        page.shows("all lines are there", |it| {
            it.heading.as_deref() == Some("2500 lines")
        })
        .await?;
        page.scroll_to_top().await?;
        page.shows("they begin with the first", |it| {
            it.rows.first().map(|it| &it.text) == Some(&message(0))
        })
        .await?;
        page.press("Newest ↓").await?;
        page.shows("they end with the last", |it| {
            it.is_at_end && it.rows.last().map(|it| &it.text) == Some(&message(N_LINES - 1))
        })
        .await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_line_opens_with_its_fields_and_its_surroundings() -> anyhow::Result<()> {
    journey_on(stack()?, "logs-context", async |browser| {
        let page = LogsPage::open(browser, VIEW).await?;
        page.write("pod{namespace=\"shop\"} |= \"refused\"").await?;
        page.press_enter().await?;
        page.open_line(&message(1_199)).await?;
        let details = eventually("the details are shown", async || {
            Ok(Some(page.details().await?))
        });
        let (fields, text) = details.await?;
        let pod = ("pod".to_owned(), WEB[1].to_owned());
        assert!(fields.contains(&pod), "{fields:?}");
        assert!(fields.contains(&("level".to_owned(), "error".to_owned())));
        assert_eq!(text, message(1_199));

        page.press("Context").await?;
        let expected: Vec<_> = (1_179..=1_219).step_by(2).map(message).collect();
        let context = eventually("the context is shown", async || {
            let (lines, middle) = page.context().await?;
            Ok((lines == expected).then_some(middle))
        });
        assert_eq!(context.await?, Some(10));
        browser.screenshot("logs-context").await
    })
    .await
}

#[tokio::test]
async fn a_live_tail_sees_what_is_written() -> anyhow::Result<()> {
    let stack = stack()?;
    journey_on(stack, "logs-live", async |browser| {
        append(stack, "before")?;
        let page = LogsPage::open(browser, "from=now-15m&to=now").await?;
        page.write("node{node=\"n1\"}").await?;
        page.press_enter().await?;
        let says = |text: &'static str| {
            move |it: &venti_e2e::pages::Lines| it.rows.last().is_some_and(|it| it.text == text)
        };
        page.shows("what was written is shown", says("before"))
            .await?;
        page.press("Live").await?;
        append(stack, "while one looks")?;
        page.shows("it is shown as well", says("while one looks"))
            .await?;
        append(stack, "and once more")?;
        let shown = page.shows("and so on", says("and once more")).await?;
        let texts: Vec<_> = shown.rows.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(texts, ["before", "while one looks", "and once more"]);
        assert!(browser.location().await?.contains("live=on"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_tree_of_targets_writes_the_query() -> anyhow::Result<()> {
    journey_on(stack()?, "logs-tree", async |browser| {
        let page = LogsPage::open(browser, VIEW).await?;
        page.unfold("shop").await?;
        page.choose("web").await?;
        let web = r#"pod{namespace="shop",pod=~"web(-.+)?"}"#;
        page.shows("the lines of the workload are shown", |it| {
            it.query == web && it.heading.as_deref() == Some("1000 lines")
        })
        .await?;
        page.unfold("web").await?;
        page.write(&format!("{web} |= \"refused\"")).await?;
        page.press_enter().await?;
        page.choose(WEB[1]).await?;
        let pod = format!(r#"pod{{namespace="shop",pod="{}"}} |= "refused""#, WEB[1]);
        let shown = page.shows("what was filtered stays", |it| {
            it.query == pod && it.heading.as_deref() == Some("25 lines")
        });
        let shown = shown.await?;
        assert!(shown.rows.iter().all(|it| it.labels[1] == WEB[1]));
        browser.screenshot("logs-tree").await
    })
    .await
}

#[tokio::test]
async fn lines_that_are_counted_show_as_a_graph() -> anyhow::Result<()> {
    journey_on(stack()?, "logs-count", async |browser| {
        let page = LogsPage::open(browser, VIEW).await?;
        let query = "sum by (namespace) (count_over_time(pod{namespace=\"shop\"} |= \"refused\" [30m]))";
        page.write(query).await?;
        page.press_enter().await?;
        eventually("the graph is shown", async || {
            let rows: Vec<Vec<String>> = browser
                .read("return [...document.querySelectorAll(\"section[aria-label^='Values'] tbody tr\")].map((row) => [...row.querySelectorAll('td')].map((it) => it.textContent))")
                .await?;
            Ok((rows == [[r#"{namespace="shop"}"#, "25"]]).then_some(()))
        })
        .await?;
        browser.screenshot("logs-count").await
    })
    .await
}

#[tokio::test]
async fn a_log_panel_leads_to_its_query() -> anyhow::Result<()> {
    journey_on(stack()?, "logs-panel", async |browser| {
        let dashboard = DashboardPage::open(browser, "Shop", VIEW).await?;
        dashboard.settled("logs", "Failures", "ready").await?;
        dashboard.explore("logs", "Failures", "Logs").await?;
        let page = LogsPage::shown_by(browser);
        let shown = page.shows("its lines are shown", |it| {
            it.heading.as_deref() == Some("25 lines")
        });
        assert_eq!(shown.await?.query, r#"pod{namespace="shop"} |= "refused""#);
        assert!(browser.location().await?.contains(VIEW));
        // From here one gets to the other page without the query of this one.
        MetricsPage::open(browser, VIEW).await.map(drop)
    })
    .await
}

#[tokio::test]
async fn hostile_lines_stay_text() -> anyhow::Result<()> {
    journey_on(stack()?, "logs-hostile", async |browser| {
        let page = LogsPage::open(browser, VIEW).await?;
        page.write("pod{namespace=\"attacker\"} |~ \"(<|u)\"").await?;
        page.press_enter().await?;
        let shown = page.shows("the lines are shown", |it| it.rows.len() == 4).await?;
        let texts: Vec<_> = shown.rows.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(texts[0], IMAGE);
        assert_eq!(texts[1], "^[[31mu red^[[0m");
        assert_eq!(texts[2], "user ⟨U+202E⟩gpj.exe");
        assert!(texts[3].len() < 10_000, "{}", texts[3].len());
        assert!(texts[3].ends_with("KiB more"));
        page.open_line(IMAGE).await?;
        eventually("the details are shown", async || {
            Ok((page.details().await?.1 == IMAGE).then_some(()))
        })
        .await?;
        let alive: Vec<String> = browser
            .read("return window.e2eOwned ? ['it ran'] : [...document.querySelectorAll('main img, [onerror]')].map((it) => it.outerHTML)")
            .await?;
        assert!(alive.is_empty(), "{alive:?}");
        browser.screenshot("logs-hostile").await
    })
    .await
}

#[tokio::test]
async fn the_logs_page_is_photographed() -> anyhow::Result<()> {
    journey_on(stack()?, "logs-looks", async |browser| {
        browser.prefer(ColorScheme::Light).await?;
        let query = "query=pod%7Bnamespace%3D%22shop%22%7D%20%7C%3D%20%22a%22";
        let page = LogsPage::shown_by(browser);
        browser
            .open(&format!("/explore/logs?{VIEW}&{query}"))
            .await?;
        page.unfold("shop").await?;
        let photograph = async |name: &str| {
            page.shows("lines are shown", |it| it.is_at_end && !it.rows.is_empty())
                .await?;
            browser.screenshot(name).await
        };
        photograph("logs-light").await?;
        browser.prefer(ColorScheme::Dark).await?;
        page.press("Wrap").await?;
        photograph("logs-dark").await?;
        browser.become_a_phone().await?;
        browser.reload().await?;
        photograph("logs-phone").await?;
        page.scroll_to_top().await?;
        browser
            .read::<()>("document.querySelector('.lines-panel').scrollIntoView()")
            .await?;
        browser.screenshot("logs-phone-lines").await
    })
    .await
}

/// The stack that all journeys of this file share. Its configuration is watched, so it stays.
fn stack() -> anyhow::Result<&'static Running> {
    static STACK: OnceLock<Result<(Running, tempfile::TempDir), String>> = OnceLock::new();
    let start = || {
        let etc = configuration(&[("shop.yml", DASHBOARD)])?;
        let stack = fresh_stack("logs", etc.path())?;
        corpus(&stack)?;
        anyhow::Ok((stack, etc))
    };
    STACK
        .get_or_init(|| start().map_err(|it| format!("{it:#}")))
        .as_ref()
        .map(|(stack, _)| stack)
        .map_err(|error| anyhow!("{error}"))
}

/// Writes the lines that journeys look at, as a collector would.
fn corpus(stack: &Running) -> anyhow::Result<()> {
    let shop = stack.logs().join("pod/shop");
    fs::create_dir_all(&shop)?;
    let lines: Vec<_> = (0..N_LINES)
        .map(|it| {
            let Row {
                time, labels, text, ..
            } = row(it);
            format!("{time}[{}] {text}\n", labels.join("|"))
        })
        .collect();
    fs::write(shop.join("2024-01-02_03.log"), lines.concat())?;
    let attacker = stack.logs().join("pod/attacker");
    fs::create_dir_all(&attacker)?;
    let long = format!("u{}", "x".repeat(1 << 19));
    let texts = [IMAGE, "\x1b[31mu red\x1b[0m", "user \u{202e}gpj.exe", &long];
    let lines = texts.map(|it| format!("2024-01-02T03:04:05.000000Z[attacker|evil|evil] {it}\n"));
    Ok(fs::write(
        attacker.join("2024-01-02_03.log"),
        lines.concat(),
    )?)
}

/// A line of the corpus.
fn row(number: usize) -> Row {
    let (minute, second) = (number / 120, number / 2 % 60);
    let fraction = number % 2 * 500_000;
    Row {
        time: format!("2024-01-02T03:{minute:02}:{second:02}.{fraction:06}Z"),
        labels: ["shop", WEB[number % 2], "nginx"]
            .map(str::to_owned)
            .to_vec(),
        text: message(number),
        marked: Vec::new(),
        level: String::new(),
    }
}

fn message(number: usize) -> String {
    match number % 4 {
        _ if is_failure(number) => format!("ERROR payment refused id={number}"),
        0 => format!(r#"{{"level":"info","msg":"cart updated","id":{number},"items":[1,2]}}"#),
        1 => format!("level=debug msg=\"cache hit\" id={number}"),
        2 => format!("WARN slow request took {number}ms path=/api/cart/{number}/items"),
        _ => format!("GET /api/cart/{number} HTTP/1.1 200 \"Mozilla/5.0 (X11; Linux x86_64)\""),
    }
}

fn is_failure(number: usize) -> bool {
    number % 100 == 99
}

/// Rows without what the page adds.
fn plain(rows: &[Row]) -> Vec<Row> {
    let plain = |it: &Row| Row {
        marked: Vec::new(),
        level: String::new(),
        ..it.clone()
    };
    rows.iter().map(plain).collect()
}

/// Adds a line of now to the node `n1`.
fn append(stack: &Running, text: &str) -> anyhow::Result<()> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let now = Zone::UTC.format(now.as_secs_f64());
    let (day, time) = now.split_once(' ').unwrap_or_default();
    let directory = stack.logs().join("node/n1");
    fs::create_dir_all(&directory)?;
    let hour = time.split(':').next().unwrap_or_default();
    let file = directory.join(format!("{day}_{hour}.log"));
    let mut file = OpenOptions::new().create(true).append(true).open(file)?;
    writeln!(file, "{day}T{time}.000000Z[n1|kubelet] {text}")?;
    Ok(())
}
