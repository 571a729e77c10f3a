//! Somebody looks what fires.

use std::fs;

use anyhow::Context;
use tempfile::TempDir;
use thirtyfour::By;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use venti_e2e::pages::{Alert, Alerts, AlertsPage, LoginPage, LogsPage, MetricsPage, SideBar};
use venti_e2e::{Browser, ColorScheme, eventually, expose, fresh_stack, journey_on};
use venti_local::{Part, Running};

use crate::login::{expect_refusals, logged_in, with_users};
use crate::support::configuration;

/// Would set a variable that tells on it if it ever ran.
const IMAGE: &str = "<img src=x onerror=\"window.e2eOwned=1\">";

/// Two languages, a rule that cannot be evaluated, and one that is not evaluated here.
const RULES: &str = r#"
groups:
- name: house
  interval: 1s
  rules:
  - alert: Flooded
    expr: water_level > 3
    for: 4s
    labels:
      severity: page
    annotations:
      summary: '{{ $labels.room }} has {{ $value }} m'
      description: '<script>window.e2eOwned=1</script>'
      runbook_url: https://example.org/flood
      dashboard_url: 'javascript:window.e2eOwned=1'
  - alert: Dry
    expr: water_level < 0
  - alert: Ambiguous
    expr: vector(1) / on () (vector(1) or label_replace(vector(1), "a", "b", "", ""))
  - record: house:water_level:max
    expr: max(water_level)
"#;

const LOG_RULES: &str = r#"
datasourceSelector:
  type: lethe
groups:
- name: talk
  interval: 1s
  rules:
  - alert: ServerTalks
    expr: node{node=~".*"} |= "venti-server"
    labels:
      severity: info
"#;

/// So many rules, each of which fires for so many members of a crowd.
const N_RULES: usize = 100;
const N_ALERTS: usize = 100;

/// Far fewer than there are alerts, however long the page is.
const MOST_ELEMENTS: usize = 5_000;

fn with_rules(rules: &[(&str, &str)]) -> anyhow::Result<TempDir> {
    let etc = configuration(&[("a.yml", "title: A\n")])?;
    write_rules(&etc, rules)?;
    Ok(etc)
}

fn write_rules(etc: &TempDir, rules: &[(&str, &str)]) -> anyhow::Result<()> {
    let folder = etc.path().join("alertrules");
    fs::create_dir_all(&folder)?;
    for (name, text) in rules {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

/// How deep the water is in a room whose name is none.
fn set_level(stack: &Running, level: f64) -> anyhow::Result<()> {
    let room = IMAGE.replace('"', "\\\"");
    let text = format!("# TYPE water_level gauge\nwater_level{{room=\"{room}\"}} {level}\n");
    expose(stack, "water", &text)
}

/// Pictures in both schemes and on a phone.
async fn photograph(browser: &Browser<'_>, name: &str) -> anyhow::Result<()> {
    browser.prefer(ColorScheme::Light).await?;
    browser.screenshot(&format!("{name}-light")).await?;
    browser.prefer(ColorScheme::Dark).await?;
    browser.screenshot(&format!("{name}-dark")).await?;
    browser.become_a_phone().await?;
    eventually("the side bar is out of the way", async || {
        let rests: bool = browser
            .read("return document.getAnimations().length === 0")
            .await?;
        Ok(rests.then_some(()))
    })
    .await?;
    browser.screenshot(&format!("{name}-phone")).await
}

#[tokio::test]
async fn an_alert_comes_and_goes_while_somebody_looks() -> anyhow::Result<()> {
    let etc = with_rules(&[("house.yml", RULES), ("talk.yml", LOG_RULES)])?;
    let stack = fresh_stack("alerts", etc.path())?;
    set_level(&stack, 1.0)?;
    journey_on(&stack, "alerts", async |browser| {
        let page = AlertsPage::open(browser, "refresh=1s").await?;
        let quiet = page.shows("all rules were evaluated", |it| {
            // What is inside a rule is drawn a moment after its head.
            let is_told = it.rule("Ambiguous").is_some_and(|it| it.error.is_some());
            is_told && it.state("Flooded") == Some("inactive")
        });
        let quiet = quiet.await?;
        assert_eq!(quiet.state("Ambiguous"), Some("failing"));
        assert_eq!(quiet.groups[0].name, "house");
        let group = &quiet.groups[0];
        assert_eq!(group.file, "alertrules/house.yml");
        assert!(group.evaluation.starts_with("evaluated "), "{group:?}");
        assert!(group.evaluation.ends_with("every 1s "), "{group:?}");
        let names: Vec<_> = group.rules.iter().map(|it| it.name.as_str()).collect();
        let in_order = ["Ambiguous", "Flooded", "Dry", "house:water_level:max"];
        assert_eq!(names, in_order, "what needs somebody comes first");
        assert_eq!(quiet.state("house:water_level:max"), Some("recording"));
        let error = group.rules[0].error.as_deref().unwrap_or_default();
        assert!(error.contains("many-to-many"), "{error}");
        assert_eq!(quiet.count("firing"), Some(0));
        assert_eq!(SideBar::of(browser).firing().await?, None);

        set_level(&stack, 4.25)?;
        let flooded = |it: &Alerts, state: &str| {
            let alert = it.rule("Flooded").and_then(|it| it.alerts.first())?;
            (alert.state == state).then(|| alert.clone())
        };
        page.shows("it is pending", |it| flooded(it, "pending").is_some())
            .await?;
        let firing = page.shows("it fires", |it| flooded(it, "firing").is_some());
        let firing = firing.await?;
        assert_eq!(firing.count("firing"), Some(1));
        eventually("the side bar says so", async || {
            let count = SideBar::of(browser).firing().await?;
            Ok((count.as_deref() == Some("1 firing")).then_some(()))
        })
        .await?;
        let alert = flooded(&firing, "firing").context("it fires no more")?;
        assert!(alert.since.starts_with("for "), "{}", alert.since);
        let expected = Alert {
            state: "firing".to_owned(),
            value: "4.25".to_owned(),
            since: alert.since.clone(),
            labels: vec![
                format!("instance={}", stack.host()),
                "job=node-exporter".to_owned(),
                format!("room={IMAGE}"),
                "severity=page".to_owned(),
            ],
            summary: Some(format!("{IMAGE} has 4.25 m")),
            annotations: [
                ("dashboard_url", "javascript:window.e2eOwned=1"),
                ("description", "<script>window.e2eOwned=1</script>"),
                ("runbook_url", "https://example.org/flood"),
            ]
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .to_vec(),
            links: vec!["https://example.org/flood".to_owned()],
        };
        assert_eq!(alert, expected);
        let is_owned: bool = browser.read("return 'e2eOwned' in window").await?;
        assert!(!is_owned);
        photograph(browser, "alerts").await?;

        set_level(&stack, 1.0)?;
        let ended = page.shows("it has ended", |it| it.state("Flooded") == Some("inactive"));
        let ended = ended.await?;
        assert_eq!(ended.count("firing"), Some(0));
        assert_eq!(flooded(&ended, "firing"), None);
        eventually("the side bar says so", async || {
            let count = SideBar::of(browser).firing().await?;
            Ok(count.is_none().then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
async fn what_is_wanted_is_found_and_leads_to_its_query() -> anyhow::Result<()> {
    let etc = with_rules(&[("house.yml", RULES), ("talk.yml", LOG_RULES)])?;
    let stack = fresh_stack("alerts-filter", etc.path())?;
    set_level(&stack, 1.0)?;
    journey_on(&stack, "alerts-filter", async |browser| {
        let page = AlertsPage::open(browser, "refresh=1s").await?;
        page.shows("a rule fails", |it| it.count("failing") == Some(1))
            .await?;
        page.choose("failing").await?;
        page.shows("only that rule is there", |it| {
            it.rule_names() == ["Ambiguous"]
        })
        .await?;
        assert!(browser.location().await?.contains("state=failing"));
        page.choose("failing").await?;
        page.search("severity=INFO talk").await?;
        let found = |it: &Alerts| it.rule_names() == ["ServerTalks"];
        page.shows("the rule with this label is there", found)
            .await?;
        browser.reload().await?;
        page.shows("the search is part of the address", found)
            .await?;
        page.search("nobody").await?;
        page.shows("nothing is found", |it| it.groups.is_empty())
            .await?;
        page.press("Show everything").await?;
        page.shows("all is there", |it| it.groups.len() == 3)
            .await?;

        page.explore("Ambiguous").await?;
        eventually("the query is asked on the Metrics page", async || {
            let query = MetricsPage::shown_by(browser).answer().await?.query;
            Ok(query.starts_with("vector(1) / on ()").then_some(()))
        })
        .await?;
        browser.expect_complaint("422 (Unprocessable Entity)");
        browser.back().await?;
        page.shows("the page is back", |it| it.groups.len() == 3)
            .await?;
        page.fold("talk").await?;
        page.fold("ServerTalks").await?;
        page.explore("ServerTalks").await?;
        let query = "node{node=~\".*\"} |= \"venti-server\"";
        let page = LogsPage::shown_by(browser);
        page.shows("the query is asked on the Logs page", |it| {
            it.query == query
        })
        .await
        .map(drop)
    })
    .await
}

#[tokio::test]
async fn an_administrator_sends_a_test_alert() -> anyhow::Result<()> {
    let etc = with_users("auth: users\n")?;
    let receiver = TcpListener::bind("127.0.0.1:0").await?;
    let alerting = format!(
        "alerting:\n  receivers:\n  - name: hook\n    group_wait: 0s\n    webhook: {{url: 'http://{}/'}}\n",
        receiver.local_addr()?
    );
    fs::write(etc.path().join("alerting.yml"), alerting)?;
    let received = tokio::spawn(receive(receiver));
    let stack = fresh_stack("alerts-test", etc.path())?;
    journey_on(&stack, "alerts-test", async |browser| {
        expect_refusals(browser);
        browser.open("/alerts").await?;
        let page = LoginPage::awaited(browser).await?;
        page.log_in("ben", "hunter2").await?;
        logged_in(browser, "ben").await?;
        let page = AlertsPage::shown_by(browser);
        eventually("the viewer sees the page", async || {
            let main = By::Css("main .no-rules");
            Ok(Some(browser.driver().find(main).await?))
        })
        .await?;
        assert!(page.press("Test alert").await.is_err());

        SideBar::of(browser).log_out().await?;
        let login = LoginPage::awaited(browser).await?;
        login.log_in("ana", "hunter2").await?;
        logged_in(browser, "ana").await?;
        eventually("the administrator can press it", async || {
            page.press("Test alert").await.map(Some)
        })
        .await?;
        let message: serde_json::Value = serde_json::from_str(&received.await??)?;
        assert_eq!(message["alerts"][0]["labels"]["alertname"], "VentiTest");
        eventually("the page says so", async || {
            let said = By::Css(".test-alert [role=status]");
            let said = browser.driver().find(said).await?.text().await?;
            Ok((said == "Sent: it should arrive in a moment").then_some(()))
        })
        .await?;
        let requests = browser.requests().await?.into_iter();
        let tests = requests.filter(|it| it.path == "/api/v1/alerts/test");
        let methods: Vec<_> = tests.map(|it| it.method).collect();
        assert_eq!(methods, ["POST"]);
        browser.screenshot("alerts-test").await
    })
    .await
}

#[tokio::test]
async fn without_rules_the_page_says_where_they_go() -> anyhow::Result<()> {
    let etc = with_rules(&[])?;
    let stack = fresh_stack("alerts-none", etc.path())?;
    journey_on(&stack, "alerts-none", async |browser| {
        let page = AlertsPage::open(browser, "refresh=1s").await?;
        let example = eventually("an example is shown", async || {
            let example = browser.driver().find(By::Css(".no-rules pre")).await?;
            Ok(Some(example.text().await?))
        })
        .await?;
        photograph(browser, "alerts-none").await?;
        // It is one that works.
        write_rules(&etc, &[("host.yml", &example)])?;
        page.shows("the rule is there", |it| it.groups.len() == 2)
            .await?;
        page.fold("host").await?;
        page.shows("it can be unfolded", |it| it.rule_names() == ["TargetDown"])
            .await
            .map(drop)
    })
    .await
}

#[tokio::test]
async fn ten_thousand_alerts_do_not_fill_the_page() -> anyhow::Result<()> {
    let mut rules = String::from("groups:\n- name: crowd\n  interval: 10s\n  rules:\n");
    for number in 0..N_RULES {
        rules += &format!("  - alert: Crowded{number:03}\n    expr: crowd >= 0\n");
    }
    let etc = with_rules(&[("crowd.yml", &rules)])?;
    let stack = fresh_stack("alerts-full", etc.path())?;
    let mut crowd = String::from("# TYPE crowd gauge\n");
    for number in 0..N_ALERTS {
        crowd += &format!("crowd{{member=\"{number}\"}} {number}\n");
    }
    expose(&stack, "crowd", &crowd)?;
    journey_on(&stack, "alerts-full", async |browser| {
        let page = AlertsPage::open(browser, "refresh=5s").await?;
        let all = Some(N_RULES * N_ALERTS);
        let full = page.shows("all alerts fire", |it| it.count("firing") == all);
        let full = full.await?;
        assert!(full.elements < MOST_ELEMENTS, "{}", full.elements);
        photograph(browser, "alerts-full").await?;

        let scroll = "scrollTo(0, document.documentElement.scrollHeight)";
        browser.read::<()>(scroll).await?;
        page.search("member=77 crowded042").await?;
        let found = page.shows("one of them is found", |it| {
            it.rule_names() == ["Crowded042"] && it.groups[0].rules[0].alerts.len() == 1
        });
        let found = found.await?;
        assert!(
            found.groups[0].rules[0].alerts[0]
                .labels
                .contains(&"member=77".to_owned())
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_datasource_that_is_down_is_told_with_each_rule() -> anyhow::Result<()> {
    let etc = with_rules(&[("house.yml", RULES)])?;
    let stack = fresh_stack("alerts-down", etc.path())?;
    set_level(&stack, 9.0)?;
    journey_on(&stack, "alerts-down", async |browser| {
        let page = AlertsPage::open(browser, "refresh=1s").await?;
        page.shows("it fires", |it| it.state("Flooded") == Some("firing"))
            .await?;
        stack.stop(Part::Prometheus);
        let is_told = |it: &Alerts, name: &str| {
            let error = it.rule(name).and_then(|it| it.error.as_deref());
            error.is_some_and(|it| it.contains("datasource `prometheus` cannot be reached"))
        };
        let down = page.shows("nobody knows any more", |it| {
            let names = ["Flooded", "Dry", "Ambiguous"];
            names.iter().all(|name| is_told(it, name))
        });
        let down = down.await?;
        assert_eq!(down.count("failing"), Some(3));
        let flooded = down.rule("Flooded").context("no rule")?;
        assert_eq!(flooded.state, "firing", "it is held");
        assert_eq!(flooded.alerts.len(), 1);
        photograph(browser, "alerts-down").await?;
        stack.start(Part::Prometheus)?;
        page.shows("it is known again", |it| it.count("failing") == Some(1))
            .await
            .map(drop)
    })
    .await
}

/// The body of the first request, which is answered with 200.
async fn receive(listener: TcpListener) -> anyhow::Result<String> {
    let (stream, _) = listener.accept().await?;
    let mut stream = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse()?;
            }
            _ if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    stream.write_all(answer.as_bytes()).await?;
    Ok(String::from_utf8(body)?)
}
