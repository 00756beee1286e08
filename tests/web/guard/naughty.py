"""Which texts do people send that are no ordinary words?"""

TEXTS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><script>alert(1)</script>",
    "' onmouseover='alert(1)", "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>", "<!-- half a comment", "--><b>", "<![CDATA[<b>]]>",
    "javascript:alert(1)", "<a href=\"javascript:alert(1)\">here</a>", "<svg/onload=alert(1)>",
    "<iframe src=//evil.example></iframe>", "<style>*{display:none}</style>",
    "<base href=//evil.example>", "<meta http-equiv=refresh content=0>",
    "&lt;b&gt; &amp;amp; &#60;", "&#x3C;script&#x3E;", "\\u003cscript\\u003e", "%3Cscript%3E",
    "{{7*7}}", "{{ config }}", "{% raw %}", "{# half", "{{ ''.__class__ }}", "${7*7}", "#{7*7}",
    "<%= 7*7 %>", "%(number)s", "%s%n%d", "{number}", "{0}", "{}", "' OR '1'='1",
    "'; DROP TABLE dossier; --", "1; SELECT 1", "\\", "\\'", "`rm -rf`", "$(true)",
    "../../etc/passwd", "=1+1", "@SUM(1)", "+32", "-1", "null", "None", "undefined", "NaN",
    "true", "two\r\nlines", "Bcc: x@evil.example\r\nSubject: y", "\n.\n", "a\x00b",
    "a\x08\x1b[31mb", "tab\there", "\u202egnihtyreve", "\u200bzero\u200dwidth\ufeff",
    "\u2066isolated\u2069", "שלום עולם", "مرحبا بالعالم", "Z̸͍̈a̷͎͝l̵̪̓g̶̤̕o̴̟͝", "👩‍👩‍👧‍👦🇧🇪",
    "ｆｕｌｌ　ｗｉｄｔｈ", "İıſK", "ﬁ ligature", "\u2028line\u2029paragraph", "é e\u0301", "𝕬𝖑𝖑",
    "\ufffd\uffff", "[a link](http://evil.example)", "# heading",
    "http://evil.example/?a=b&c=d", "*bold* _it_ ~~no~~", "| a | b |\n|---|---|", "- - -",
    "long " * 1_990,
)  # fmt: skip
