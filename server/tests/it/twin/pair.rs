//! Both engines side by side: they are given the same files and series, and looked at once in
//! every beat.

use std::fs;
use std::time::Duration;

use reqwest::Client;
use serde_json::Value;
use tokio::time::{sleep, timeout};
use venti_alert::Timestamp;

use super::beat::{Beat, is_scraping, now};
use super::files::RuleFile;
use super::programs::Programs;
use super::seen::{self, Progress, Rules};
use crate::support::app::{PATIENCE, client, write_files};
use crate::support::programs::Daemon;

/// Why what was seen says nothing about equality: the machine was too slow for it. Nothing is
/// learned then, neither good nor bad.
#[derive(Debug)]
pub(super) struct Disturbed(pub(super) String);

/// What both said in one beat.
#[derive(Debug)]
pub(super) struct Sight {
    pub(super) beat: i64,
    pub(super) rules: Rules,
    /// Whether the Alertmanagers came to know the same.
    pub(super) is_told: bool,
}

/// Prometheus and we.
pub(super) struct Pair {
    pub(super) programs: Programs,
    pub(super) beat: Beat,
    pub(super) sights: Vec<Sight>,
    client: Client,
    /// The beat that was looked at last.
    at: i64,
    /// How many beats were over before they were looked at.
    missed: usize,
}

/// What an engine says: its rules and its alerts.
type Said = (Value, Value);

impl Pair {
    /// Waits until Prometheus has scraped all.
    pub(super) async fn new(programs: Programs) -> Self {
        let client = client();
        let targets = programs.prometheus.url("/api/v1/targets");
        let learned = async {
            loop {
                if let Some(beat) = Beat::learn(&get(&client, &targets).await) {
                    return beat;
                }
                pause().await;
            }
        };
        let beat = timeout(PATIENCE, learned).await.unwrap();
        Self {
            programs,
            at: beat.of(now()),
            beat,
            sights: Vec::new(),
            client,
            missed: 0,
        }
    }

    /// Goes on with the next beat, when all its slots are over.
    pub(super) async fn join(&mut self) {
        self.at = self.beat.of(now()) + 1;
        while now() < self.beat.after_slots(self.at) {
            pause().await;
        }
    }

    /// Gives both other rule files, in the rest of a beat.
    pub(super) async fn load(&mut self, files: &[RuleFile]) -> Result<(), Disturbed> {
        let etc = self.programs.etc();
        for entry in fs::read_dir(etc.join("alertrules")).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("alertrules/{}", path.file_name().unwrap().to_string_lossy());
            if path.extension().is_some() && files.iter().all(|it| it.path != name) {
                fs::remove_file(path).unwrap();
            }
        }
        for file in files {
            write_files(&etc, &[(&file.path, &file.text)]);
        }
        let reload = self.programs.prometheus.url("/-/reload");
        let answer = self.client.post(reload).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{text}");
        let wanted = seen::texts(&seen::groups(&self.rules(&self.programs.prometheus).await));
        let loaded = async {
            while seen::texts(&seen::groups(&self.rules(&self.programs.server).await)) != wanted {
                pause().await;
            }
        };
        if timeout(PATIENCE, loaded).await.is_err() {
            let ours = seen::texts(&seen::groups(&self.rules(&self.programs.server).await));
            panic!(
                "we read the files otherwise: {}",
                differing(&wanted, &ours).join("\n")
            );
        }
        if self.beat.is_over(self.at) {
            return Err(Disturbed("files were loaded over several beats".into()));
        }
        Ok(())
    }

    /// Gives both files in place of all others. When it took so long that their first slots may
    /// have been different ones, both forget the files, and it is tried again.
    pub(super) async fn load_anew(&mut self, files: &[RuleFile]) -> Result<(), Disturbed> {
        for _ in 0..5 {
            self.join().await;
            let loaded = self.load(files).await;
            if loaded.is_ok() {
                return loaded;
            }
            self.join().await;
            // Rules that are in no file have no first slot either.
            let _ = self.load(&[]).await;
        }
        Err(Disturbed("files were never loaded within a beat".into()))
    }

    /// Has the pushgateway expose these series of jobs, and nothing else of them.
    pub(super) async fn expose(&self, jobs: &[(&str, &str)]) {
        for (job, series) in jobs {
            self.put(job, series).await;
        }
    }

    /// The same for one job.
    pub(super) async fn put(&self, job: &str, series: &str) {
        let job = format!("/metrics/job/{job}");
        let url = self.programs.pushgateway.url(&job);
        let request = if series.is_empty() {
            self.client.delete(url)
        } else {
            self.client.put(url).body(format!("{series}\n"))
        };
        assert!(request.send().await.unwrap().status().is_success());
    }

    /// Looks on, until there is enough of a beat left to move series before the next scrape.
    pub(super) async fn step(&mut self) -> Result<(), Disturbed> {
        for _ in 0..5 {
            self.look().await?;
            if !self.beat.is_late(self.at) {
                return Ok(());
            }
        }
        Err(Disturbed("looking took whole beats".into()))
    }

    /// Compares all that both say in the next beat, or, where that is over too soon, in one of
    /// the next.
    pub(super) async fn look(&mut self) -> Result<(), Disturbed> {
        for _ in 0..10 {
            self.at += 1;
            if let Some(both) = self.both().await {
                return self.compare(both).await;
            }
            self.missed += 1;
        }
        Err(Disturbed("every beat was over before it was seen".into()))
    }

    /// What both say in this beat; nothing when it is over.
    async fn both(&self) -> Option<[Said; 2]> {
        let theirs = self.evaluated(&self.programs.prometheus).await?;
        let ours = self.evaluated(&self.programs.server).await?;
        let both = [
            (theirs, self.alerts(&self.programs.prometheus).await),
            (ours, self.alerts(&self.programs.server).await),
        ];
        (!self.beat.is_over(self.at)).then_some(both)
    }

    async fn compare(&mut self, both: [Said; 2]) -> Result<(), Disturbed> {
        let [(theirs, their_alerts), (ours, our_alerts)] = both;
        self.undisturbed(&seen::groups(&theirs)).await?;
        let rules = seen::rules(&seen::groups(&ours));
        let mut found = differing(&seen::rules(&seen::groups(&theirs)), &rules);
        seen::differences(&their_alerts, &our_alerts, "alerts", &mut found);
        self.equal(&found)?;
        let is_told = self.is_told().await;
        self.sights.push(Sight {
            beat: self.at,
            rules,
            is_told,
        });
        Ok(())
    }

    /// Fails where something differs. An engine that was so slow that we missed a beat may have
    /// missed one as well, and then is right to differ.
    fn equal(&self, found: &[String]) -> Result<(), Disturbed> {
        let text = format!("look {}: {}", self.sights.len(), found.join("\n"));
        assert!(found.is_empty() || self.missed > 0, "{text}");
        if found.is_empty() {
            Ok(())
        } else {
            Err(Disturbed(text))
        }
    }

    /// Looks on until both Alertmanagers know the same. Prometheus forgets its own for up to five
    /// seconds after a reload, so that it may take some beats.
    pub(super) async fn settle(&mut self) -> Result<(), Disturbed> {
        for _ in 0..10 {
            self.look().await?;
            if self.sights.last().is_some_and(|it| it.is_told) {
                return Ok(());
            }
        }
        let [theirs, ours] = self.known().await;
        let mut found = Vec::new();
        seen::differences(&theirs, &ours, "Alertmanager", &mut found);
        self.equal(&found)
    }

    /// What became of a rule has to be this, in the letters of [`super::script::STORIES`].
    pub(super) fn has_story(&self, name: &str, wanted: &str) -> Result<(), Disturbed> {
        let of_name = |it: &Sight| {
            let rule = it.rules.values().find(|it| it["name"] == name)?;
            Some(match (rule["health"].as_str(), rule["state"].as_str()) {
                (Some("err"), _) => '!',
                (_, Some("pending")) => 'p',
                (_, Some("firing")) => 'f',
                _ => '.',
            })
        };
        let mut story: Vec<char> = self.sights.iter().filter_map(of_name).collect();
        story.dedup();
        let story: String = story.into_iter().collect();
        if story == wanted {
            Ok(())
        } else {
            self.equal(&[format!("{name} was to go {wanted} and went {story}")])
        }
    }

    /// An answer of Prometheus.
    pub(super) async fn ask_prometheus(&self, path: &str) -> Value {
        get(&self.client, &self.programs.prometheus.url(path)).await
    }

    async fn rules(&self, engine: &Daemon) -> Value {
        get(&self.client, &engine.url("/api/v1/rules")).await
    }

    /// The rules of an engine once all groups have been evaluated in this beat; nothing when it
    /// is further.
    async fn evaluated(&self, engine: &Daemon) -> Option<Value> {
        let end = self.beat.begin(self.at + 1);
        let evaluated = async {
            while now() < self.beat.after_slots(self.at) {
                pause().await;
            }
            loop {
                let answer = self.rules(engine).await;
                match seen::progress(&seen::groups(&answer), end) {
                    Progress::There => return Some(answer),
                    Progress::Before => pause().await,
                    Progress::Beyond => return None,
                }
            }
        };
        timeout(PATIENCE, evaluated).await.unwrap()
    }

    /// Pending and firing alerts, without those of our rule that watches rules.
    async fn alerts(&self, engine: &Daemon) -> Value {
        let mut answer = get(&self.client, &engine.url("/api/v1/alerts")).await;
        let alerts = &mut answer["data"]["alerts"];
        let own = venti_alert::engine::EVALUATION_FAILING;
        let listed = alerts.as_array_mut().unwrap();
        listed.retain(|it| it["labels"]["alertname"] != own);
        seen::alerts(alerts);
        alerts.clone()
    }

    /// No scrape was under way at a slot of this beat.
    async fn undisturbed(&self, groups: &[&Value]) -> Result<(), Disturbed> {
        let end = self.beat.begin(self.at + 1);
        let slots = groups.iter().map(|it| seen::slot(it, end));
        let slots: Vec<Timestamp> = slots.collect();
        let path = format!(
            "/api/v1/query?query=scrape_duration_seconds[6s]&time={}",
            end.to_query_time()
        );
        let answer = self.ask_prometheus(&path).await;
        let targets = answer["data"]["result"].as_array().unwrap().iter();
        for scrape in targets.flat_map(|it| it["values"].as_array().unwrap()) {
            let took = scrape[1].as_str().unwrap().parse().unwrap();
            let scrape = (scrape[0].as_f64().unwrap(), took);
            if slots.iter().any(|it| is_scraping(scrape, *it)) {
                return Err(Disturbed(format!("a scrape took {took} s")));
            }
        }
        Ok(())
    }

    /// Whether the Alertmanagers know the same soon enough.
    async fn is_told(&self) -> bool {
        while self.beat.is_time_to_tell(self.at) {
            let [theirs, ours] = self.known().await;
            if theirs == ours {
                return true;
            }
            pause().await;
        }
        false
    }

    /// What the Alertmanagers of Prometheus and of us know.
    async fn known(&self) -> [Value; 2] {
        let [theirs, ours] = &self.programs.alertmanagers;
        let known =
            async |it: &Daemon| seen::known(&get(&self.client, &it.url("/api/v2/alerts")).await);
        [known(theirs).await, known(ours).await]
    }
}

async fn get(client: &Client, url: &str) -> Value {
    let body = client.get(url).send().await.unwrap().bytes().await.unwrap();
    serde_json::from_slice(&body).unwrap()
}

async fn pause() {
    sleep(Duration::from_millis(20)).await;
}

fn differing(theirs: &Rules, ours: &Rules) -> Vec<String> {
    let value = |it: &Rules| serde_json::to_value(it).unwrap();
    let mut found = Vec::new();
    seen::differences(&value(theirs), &value(ours), "", &mut found);
    found
}
