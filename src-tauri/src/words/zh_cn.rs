//! Simplified Chinese.

use bellwire_engine::event::ReasonCode;

use super::list::Words;

/// The Chinese texts.
pub static WORDS: Words = Words {
    feeds_live: |live, all| format!("{all} 个订阅源，{live} 个在线"),
    no_feeds: "还没有订阅源",
    cannot_store: "无法写入日志",
    config_needs_you: "config.toml 需要处理：有错误…",
    needs_you: |feed, what| format!("{feed} 需要处理：{what}…"),
    remedy: |reason| match reason {
        ReasonCode::SignIn => "登录",
        ReasonCode::SignInPage => "登录",
        ReasonCode::SignInRefused | ReasonCode::SignInRefusedForPage => "重新登录",
        ReasonCode::NotFound => "检查地址",
        ReasonCode::WrongType => "不是事件流",
        ReasonCode::KeychainLocked => "解锁钥匙串",
        ReasonCode::KeychainAbsent | ReasonCode::KeychainTimeout => "没有钥匙串",
        ReasonCode::SecretMissing => "输入密钥",
        ReasonCode::InsecureAuth => "请用 https",
        ReasonCode::BadHeader => "检查请求头",
        ReasonCode::BadCookie => "重新输入密钥",
        ReasonCode::Tls => "检查证书",
        ReasonCode::SignInElsewhere => "地址已变更，密钥未发送",
        ReasonCode::Redirect => "地址已变更",
        ReasonCode::PageElsewhere => "指向网页",
        ReasonCode::RedirectLoop => "循环重定向",
        ReasonCode::Proxy => "检查代理",
        ReasonCode::Unreadable => "应答无法读取",
        ReasonCode::PrivateRedirect => "指向内部网络",
        ReasonCode::Encoding => "意外的编码",
        // These are temporary, or their row in the log has the details.
        ReasonCode::Ended
        | ReasonCode::Refused
        | ReasonCode::Reset
        | ReasonCode::Dns
        | ReasonCode::ConnectTimeout
        | ReasonCode::NoAnswer
        | ReasonCode::Idle
        | ReasonCode::Network
        | ReasonCode::Status
        | ReasonCode::Subscribe
        | ReasonCode::NoContent
        | ReasonCode::Complete
        | ReasonCode::Unexpected
        | ReasonCode::Woke
        | ReasonCode::Restart => "查看详情",
    },
    open: "打开 Bellwire",
    mark_all_read: "全部标为已读",
    mark_read: |count| format!("全部标为已读（{count}）"),
    last_notified: "最近通知",
    mute: "静音通知",
    mute_half_hour: "30 分钟",
    mute_hour: "1 小时",
    mute_until_morning: "直到明天 07:00",
    mute_on: "直到我重新打开",
    mute_note: "事件仍会接收并计数",
    unmute: "取消静音",
    unmute_left: |left| format!("取消静音（还剩 {left}）"),
    minutes: |n| format!("{n} 分钟"),
    hours: |n| format!("{n} 小时"),
    demo_quotes: "报价",
    demo_places: "位置",
    demo_alerts: "告警",
    feeds: "订阅源",
    feeds_note: "选择一个即重新连接",
    feed_state: |feed, state| format!("{feed}：{state}"),
    live: "在线",
    connecting: "连接中",
    no_answer: "尚无应答",
    waiting: "等待重试",
    parked: "需要处理",
    off: "关闭",
    ended: "服务器已结束",
    quit: "退出 Bellwire",
    unread: |count| format!("{count} 条未读"),
    muted: "已静音",
    muted_left: |left| format!("已静音，还剩 {left}"),
    hint_title: "Bellwire 继续接收",
    hint_body: "窗口已关闭，托盘图标仍在。选择“退出”结束 Bellwire。",
};
