"""What people might type into a field, to make a letter do something else."""

LINKS = (
    "http://evil.example/x", "https://evil.example/?a=b&c", "HTTPS://EVIL.EXAMPLE", "www.evil.example",
    "WWW.evil.example/path", "evil.example", "mailto:v@evil.example", "v@evil.example", "<https://evil.example>",
    "[click](https://evil.example)", "[click][x]\n\n[x]: https://evil.example", "![x](https://evil.example/p.png)",
    "javascript:alert(1)", "[x](javascript:alert(1))", "<a href='https://evil.example'>x</a>", "ftp://evil.example",
    "https:\\\\evil.example", "](https://evil.example)", "**](https://evil.example)**", "`https://evil.example`",
    "<https://evil.example", "evil.example/pay?to=me", "//evil.example", "&#104;ttps://evil.example",
)  # fmt: skip
MARKUP = (
    "<b>bold</b>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</p></td></table><h1>x</h1>",
    "# heading", "## heading", "- item", "* item", "+ item", "1. item", "> quote", "    code", "```\ncode\n```", "---",
    "===", "title\n===", "a\n---", "**bold**", "__bold__", "*em*", "_em_", "`code`", "~~~", "| a | b |\n|---|---|",
    "&lt;b&gt;", "&amp;", "&nbsp;", "\\", "\\\\", "\\*", "a\\", "<!-- x -->", "<![endif]-->", "<!--[if mso]>",
    "{{ contact.email }}", "{% for x in y %}", "{{ 7 * 7 }}", "{#", "\t- item", "a\n\n    b", "a\n\n- b", "a\n> b",
)  # fmt: skip
HEADERS = (
    "x\r\nBcc: v@evil.example", "x\nBcc: v@evil.example", "x\rBcc: v@evil.example", "x\r\n\r\nbody",
    "x\n.\nMAIL FROM:<>",
    "\r\n.\r\n", "x\x00y", "x\x0bBcc: v", "x\x0cBcc: v", "x\x1cBcc: v", "x\x85Bcc: v", "x\u2028Bcc: v", "x\u2029Bcc: v",
    "=?utf-8?q?=0aBcc:_v@evil.example?=", "=?utf-8?b?Cg==?=", "=?utf-8?q?x?=\r\n =?utf-8?q?y?=", '"',
    '" <v@evil.example>',
    "v@evil.example, w@evil.example", "A <v@evil.example>", "a, b; c", "(comment)", "\\", "a" * 998, "é" * 300,
    "x" * 77 + " é", "\u202eexe.fdp", "\u2066x\u2069", "\u200fx", "\ufeffx", "\ud800", "🎭 théâtre", "日本語の題名",
    "İstanbul",
    ".", "..", "\n.", "From here", ">From", "", " ", "\t", "name:\tvalue", "--", "-- ",
)  # fmt: skip
HOSTILE = (*LINKS, *MARKUP, *HEADERS)
CORPUS = tuple(dict.fromkeys((*HOSTILE, *(f"Amina {text} Example" for text in HOSTILE))))
"""alone, and in the middle of what looks like a name"""
