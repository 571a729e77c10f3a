//! What stands where rules would: where they go, and one to begin with.

use leptos::prelude::*;

const EXAMPLE: &str = r#"groups:
  - name: host
    rules:
      - alert: TargetDown
        expr: up == 0
        for: 5m
        labels:
          severity: critical
        annotations:
          summary: "{{ $labels.instance }} cannot be scraped"
"#;

/// There are no rules.
#[component]
pub(super) fn NoRules() -> impl IntoView {
    view! {
        <div class="page-notice no-rules">
            <h2>"No alert rules yet"</h2>
            <p>
                "Rule files of Prometheus go into the folder "
                <code>"alertrules/"</code>
                " of the configuration directory, under any name that ends in "
                <code>".yml"</code>
                ". They are read as soon as they are written, such as "
                <code>"alertrules/host.yml"</code>
                ":"
            </p>
            <pre tabindex="0" aria-label="Example of a rule file">{EXAMPLE}</pre>
        </div>
    }
}
