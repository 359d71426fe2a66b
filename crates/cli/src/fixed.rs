//! The headers that every answer has, whoever gives it and whatever is in it.

/// The fixed ones of production: nobody may frame, sniff or embed what is answered, nor ask for it without TLS again.
pub(crate) const FIXED: [(&str, &str); 8] = [
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), \
         publickey-credentials-get=(), usb=(), browsing-topics=(), clipboard-read=(), clipboard-write=(self)",
    ),
];

/// The policy of what is no page: should it ever be shown, it can neither run nor load anything.
pub(crate) const SANDBOX: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";
