//! The alerts feed: incidents of a shop's services, three alerts each.

use serde::Serialize;

use crate::chance;
use crate::happening::Happening;

const ALERTS_AN_INCIDENT: u64 = 3;
const FIRST_INCIDENT: u64 = 2041;

const SCRIPTS: u64 = 5;
const SIZES: u64 = 6;

struct Script {
    service: &'static str,
    region: &'static str,
    alerts: [(&'static str, &'static str); ALERTS_AN_INCIDENT as usize],
}

const INCIDENTS: [Script; 8] = [
    Script {
        service: "支付网关",
        region: "north",
        alerts: [
            ("degraded", "响应时间超过 2 秒"),
            ("outage", "北区支付网关连续 30 秒无响应"),
            ("resolved", "支付网关已恢复，积压订单正在处理"),
        ],
    },
    Script {
        service: "checkout",
        region: "eu-west",
        alerts: [
            ("outage", "Checkout answers 503 to nine requests in ten"),
            ("degraded", "Half of the checkout nodes are back"),
            ("resolved", "Checkout is back to normal"),
        ],
    },
    Script {
        service: "订单队列",
        region: "south",
        alerts: [
            ("degraded", "订单队列积压超过 5 万条"),
            ("outage", "订单队列停止消费"),
            ("resolved", "订单队列已清空"),
        ],
    },
    Script {
        service: "search",
        region: "us-east",
        alerts: [
            ("degraded", "Search takes 4 s at the 95th percentile"),
            ("degraded", "Search results are an hour old"),
            ("resolved", "The search index has caught up"),
        ],
    },
    Script {
        service: "warehouse-api",
        region: "eu-central",
        alerts: [
            ("outage", "The warehouse API refuses connections"),
            ("outage", "Labels cannot be printed in two warehouses"),
            ("resolved", "The warehouse API is reachable again"),
        ],
    },
    Script {
        service: "短信通道",
        region: "east",
        alerts: [
            ("degraded", "验证码短信延迟超过 60 秒"),
            ("degraded", "已切换至备用短信通道"),
            ("resolved", "短信通道恢复正常"),
        ],
    },
    Script {
        service: "login",
        region: "ap-south",
        alerts: [
            ("outage", "Login fails for all customers <of one tenant> & their \"guests\""),
            ("degraded", "Login works again, password resets do not"),
            ("resolved", "Login and password resets work"),
        ],
    },
    Script {
        service: "image-cdn",
        region: "us-west",
        alerts: [
            ("degraded", "One image in five is missing"),
            ("outage", "No images in the western region"),
            ("resolved", "Images are served again"),
        ],
    },
];

#[derive(Serialize)]
struct Alert {
    incident: String,
    service: &'static str,
    region: &'static str,
    message: &'static str,
    affected: u64,
    url: String,
}

/// Returns the n-th alert.
pub(crate) fn alert(seed: u64, n: u64) -> Happening {
    let incident = n / ALERTS_AN_INCIDENT;
    let script = &INCIDENTS[chance::below(INCIDENTS.len() as u64, &[seed, SCRIPTS, incident]) as usize];
    let (event_type, message) = script.alerts[(n % ALERTS_AN_INCIDENT) as usize];
    let number = FIRST_INCIDENT.saturating_add(incident);
    let alert = Alert {
        incident: format!("INC-{number}"),
        service: script.service,
        region: script.region,
        message,
        affected: if event_type == "resolved" { 0 } else { 20 + chance::below(2000, &[seed, SIZES, n]) },
        url: format!("https://example.com/incidents/{number}"),
    };
    Happening { event_type, data: serde_json::json!(alert).to_string() }
}
