"""Scripts and their trees, in the short form of `brief`; quotes are Python's where the shell quotes."""

import pytest

from scanguard.dockerfile.shell.nodes import Literal, Parameter, Script, ShellWord, Simple, Substitution
from scanguard.dockerfile.shell.parser import parse_script
from tests.dockerfile.shell.invariants import brief, check_places

WELL_FORMED = [
    ('a b "c d" \'e f\' g\\ h i"j"k', "a b 'c d' 'e f' g' 'h i'j'k;"),
    (
        'a $x "$y" ${z} "${w:-v $u}" ${p%%.*} ${#l} ${!i} ${q/a\\/b/c} ${r[@]} ${s:1:2} ${t^^}',
        "a ${x} q${y} ${z} q${w:-'v 'q${u}} ${p%%.«*»} ${l#} ${i!} ${q/a'/'b/c} ${r[@]} ${s:1:2} ${t^^};",
    ),
    ('a $1 $@ "$#" $? $$ $', "a ${1} ${@} q${#} ${?} ${$} $;"),
    ("a $'b\\n\\x41\\'' $\"c $d\" $''", "a \"b\\nA'\" 'c 'q${d} '';"),
    ('a `b "c"` "`d \\"e\\"`" `f \\`g\\``', "a $(b 'c';) q$(d 'e';) $(f $(g;););"),
    ("a $'\\101\\cA\\u00e9\\U0001F600\\UFFFFFFFF\\q\\?'", "a 'A\\x01é😀\\\\UFFFFFFFF\\\\q?';"),
    ("a $((1 + $(b) + x)) $((c) | d)", "a «$((1 + »q$(b;)« + x))» $(<(subshell {c;}) | d>;);"),
    (
        "a *.b [a-z]? ~/c ~ d~ {e,f} {1..3} {} {g} [ ] [!h]",
        "a «*».b «[a-z]»«?» «~»/c «~» d~ «{e,f}» «{1..3}» {} {g} [ ] «[!h]»;",
    ),
    ('a=1 b+=2 c[0]=3 d=(4 "5 6" $e) f=~/g h', "a:=1 b+:=2 c:=3 d:=(4 '5 6' ${e}) f:=«~»/g h;"),
    ('a=b; export c="d e" f=(g)', "a:=b; export c='d e' f=«(g)»;"),
    ("a | b |& c && d || e; f & g", "[<a | b | c> && d || e]; f& g;"),
    ("! a && ! b | c", "[!<a> && !<b | c>];"),
    ("(a; b) | { c; d; } > e 2>&1", "<(subshell {a; b;}) | (group {c; d;} >e 2>&1)>;"),
    ("if a; then b; elif c; then d; else e; fi", "(if {a;} {b;} {c;} {d;} {e;});"),
    ("if a; then b; fi > c < d", "(if {a;} {b;} >c <d);"),
    ("while a; do b; done; until c; do d; done", "(while {a;} {b;}); (until {c;} {d;});"),
    (
        'for a in b $c "d e"; do f; done; for g; do h; done; for ((i=0;i<$(j);i++)); do k; done; select l in m; do n; done',
        "(for a b ${c} 'd e' {f;}); (for g {h;}); (for «((i=0;i<»q$(j;)«;i++))» {k;}); (select l m {n;});",
    ),
    ("for a do b; done", "(for a {b;});"),
    ("case $a in b|c) d;; (e*) f;& g) ;; *) h; esac", "(case ${a} {d;} {f;} {} {h;});"),
    ("case a in esac", "(case a);"),
    (
        "a() { b; }; function c { d; }; g () if h; then i; fi",
        "(function a {(group {b;});}); (function c {(group {d;});}); (function g {(if {h;} {i;});});",
    ),
    ("function e() (f); e", "(function e {(subshell {f;});}); e;"),
    (
        "[[ $a == b* && ( -f c || ! d ) ]]; [[ a =~ ^(b|c)\\.[0-9]+$ ]] && d",
        "(test ${a} == b«*» -f c ! d); [(test a =~ ^«(»b«|»c«)»'.'«[0-9]»+$) && d];",
    ),
    ("((a++, b+=1)); (( c < 2 )) || d", "(arithmetic «((a++, b+=1))»); [(arithmetic «(( c < 2 ))») || d];"),
    ("a > b >> c 2> d 2>&1 &> e >| f <> g <&3 >&- {fd}>h <i", "a >b >>c 2>d 2>&1 &>e >|f <>g <&3 >&- {fd}>h <i;"),
    ('a <<< "b $c"', "a <<<'b 'q${c};"),
    ("a # b; c", "a;"),
    ("a#b; c # d", "a#b; c;"),
    ("a <(b | c) >(d) e=<(f)", "a <(<b | c>;) >(d;) e=<(f;);"),
    ('declare -a a=(b $(c) "d$e") f=; a ?(b|c)', 'declare -a a=«(b »$(c;)« "d»q${e}«")» f=; a «?»«(b|c)»;'),
    ("if(a)then(b)fi", "(if {(subshell {a;});} {(subshell {b;});});"),
    ("time a; exec 2>&1", "time a; exec 2>&1;"),
    ("a\\\r\nb", "ab;"),
    ("(( a ) ; b )", "(subshell {(subshell {a;}); b;});"),
    ("&> a b", "b &>a;"),
    ("{fd}<a b", "b {fd}<a;"),
    ("a {x", "a {x;"),
    ('a `b \\"c` "`d`"', "a $(b '\"'c;) q$(d;);"),
    ("a\\", "a'\\\\';"),
    ("{fd}", "{fd};"),
    ("a \\\n b\\\nc", "a bc;"),
    ("a &&\n\n b |\n c\n\nd", "[a && <b | c>]; d;"),
    ("a # x\nb", "a; b;"),
    (
        'cat <<A <<"B" >c && d\n1 $x `e` \\$f \\g\nA\n2 $x\nB\ng',
        "[cat <<A='1 'q${x}' 'q$(e;)' $f \\\\g\\n' <<'B'='2 $x\\n' >c && d]; g;",
    ),
    ("cat <<-A\n\t1\n\t\t$x\n\tA\nb", "cat <<-A='1\\n'q${x}'\\n'; b;"),
    ('a <<A "b\nc"\nd\nA\ne', "a 'b\\nc' <<A='d\\n'; e;"),
    ("a $(b <<A\nc\nA\n) d", "a $(b <<A='c\\n';) d;"),
    ("a\r\nb\r\n", "a; b;"),
    ("a\rb", "a\rb;"),
    ("case a in\n b)\n  c\n  ;;\nesac", "(case a {c;});"),
    ("if a\nthen\n b\nfi", "(if {a;} {b;});"),
    ("a=(b # c\n d)\ne", "a:=(b d); e;"),
    ("function a\n{\n b\n}", "(function a {(group {b;});});"),
    ("( a\n)", "(subshell {a;});"),
    ("a <<A # don't\nb\nA\nc", "a <<A='b\\n'; c;"),
    ("a '\\'\\''b' # c", 'a "\\\\\'b";'),
]

BROKEN = [
    ("a && ; b", "a; b;", (("no command after '&&'", 5),)),
    (
        ") a; } b; fi c; done",
        "a; b; c;",
        (
            ("')' is out of place", 0),
            ("'}' is out of place", 5),
            ("'fi' is out of place", 10),
            ("'done' is out of place", 16),
        ),
    ),
    ("a; ;; b", "a; b;", (("';' is out of place", 3), ("';' is out of place", 4))),
    ('a "b', "a 'b';", (("a double quote is not closed", 4),)),
    ("a 'b", "a 'b';", (("a single quote is not closed", 2),)),
    ("a $(b", "a $(b;);", (("a substitution is not closed", 5),)),
    ("a ${b", "a «${»b;", (("a bad substitution", 2),)),
    ("a ${b:-c", "a ${b:-c};", (("a brace ${ is not closed", 8),)),
    ("a `b", "a $(b;);", (("a backquote is not closed", 2),)),
    ("{ a", "(group {a;});", (("'}' is missing", 3),)),
    ("( a", "(subshell {a;});", (("a parenthesis is not closed", 3),)),
    ("if a", "(if {a;} {});", (("'then' is missing", 4), ("'fi' is missing", 4))),
    ("case a in b", "(case a {});", (("')' is missing after a pattern", 11), ("'esac' is missing", 11))),
    ("for a in b", "(for a b {});", (("'do' is missing", 10), ("'done' is missing", 10))),
    ("a ||", "a;", (("no command after '||'", 4),)),
    ("a |", "a;", (("no command after '|'", 3),)),
    ("!", "", (("no command after '!'", 1),)),
    ("[[ a", "(test a);", (("']]' is missing", 4),)),
    ("a=(b", "a:=(b);", (("a parenthesis is not closed", 4),)),
    ("a=(b (c; d) e", "a:=(b c d) e;", (("out of place in an array", 6), ("out of place in an array", 8))),
    ("f()", "(function f);", (("the function 'f' has no body", 3),)),
    ("a >", "a >;", (("nothing after '>'", 3),)),
    ("((a) b))", "(subshell {(subshell {a;}); b;});", (("')' is out of place", 7),)),
    ("a `b\n", "a $(b;);", (("a backquote is not closed", 2),)),
    ("`", "$();", (("a backquote is not closed", 0),)),
    ("a=(\n", "a:=();", (("a parenthesis is not closed", 4),)),
    ("(a", "(subshell {a;});", (("a parenthesis is not closed", 2),)),
    ("x=$((", "x:=$((subshell {}););", (("a parenthesis is not closed", 5), ("a substitution is not closed", 5))),
    ("${", "«${»;", (("a bad substitution", 0),)),
    ('"', ";", (("a double quote is not closed", 1),)),
    ("<(a", "<(a;);", (("a substitution is not closed", 3),)),
    ("a $'b", "a 'b';", (("a quote $' is not closed", 5),)),
    ("a <<'b", "a <<'b'='';", (("a single quote is not closed", 4), ("no line closes the heredoc 'b'", 6))),
    ("[[ a =~ b;", "(test a =~ b);", (("']]' is missing", 9),)),
    ("case a in b) c", "(case a {c;});", (("'esac' is missing", 14),)),
    ("case", "(case);", (("'in' is missing", 4), ("'esac' is missing", 4))),
    ("for", "(for {});", (("'do' is missing", 3), ("'done' is missing", 3))),
    ("function", "(function);", (("the function '' has no body", 8),)),
    ("f() {", "(function f {(group {});});", (("'}' is missing", 5),)),
    ("if a; then b; else", "(if {a;} {b;} {});", (("'fi' is missing", 18),)),
    ("a <<A", "a <<A=;", (("no line closes the heredoc 'A'", 5),)),
    ("a <<A\nb", "a <<A='b';", (("no line closes the heredoc 'A'", 5),)),
]


@pytest.mark.parametrize(("text", "tree"), WELL_FORMED)
def test_tree(text: str, tree: str) -> None:
    script = check_places(text)
    assert (brief(script), script.problems) == (tree, ())


@pytest.mark.parametrize(("text", "tree", "problems"), BROKEN)
def test_broken(text: str, tree: str, problems: tuple[tuple[str, int], ...]) -> None:
    script = check_places(text)
    assert (brief(script), script.problems) == (tree, problems)


def test_whole_value() -> None:
    name = ShellWord("echo", (Literal("echo", 0, 4),), 0, 4)
    inner = ShellWord("id", (Literal("id", 8, 10),), 8, 10)
    script = Script((Simple((), (inner,), (), 8, 10),), 8, 10, (False,))
    word = ShellWord(
        "a$(id)'b'\\c$D",
        (
            Literal("a", 5, 6),
            Substitution("$", script, 6, 11),
            Literal("b", 12, 13, True),
            Literal("c", 14, 16, True),
            Parameter("D", "", None, 16, 18),
        ),
        5,
        18,
    )
    text = "echo a$(id)'b'\\c$D\n"
    assert parse_script(text) == Script((Simple((), (name, word), (), 0, 18),), 0, 19, (False,), ())
    assert (name.value, word.value) == ("echo", None)


def test_too_deep_is_opaque() -> None:
    for text in ("$(" * 40 + "a" + ")" * 40, "( " * 40 + "a" + ")" * 40, "${b:-" * 40 + "}" * 40, "x=$(" * 30 + "`a`"):
        assert any(message == "nested too deep" for message, _ in check_places(text).problems)


def test_problems_are_bounded() -> None:
    assert len(parse_script(") " * 1000).problems) == 50
