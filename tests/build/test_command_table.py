# ruff: noqa: E501
"""Commands of scripts, each written down in one line by `rendered`: see there for the signs."""

import pytest

from tests.build.calls import rendered

VARIABLES = {"PK": "tree", "PKGS": "a b  c", "E": "", "P": "/x/y.tar.gz"}

SCRIPTS = [
    (
        'apt-get install -y gcc-$V "$PK"',
        [
            'apt-get install -y ~gcc-$V{V} tree⟨"$PK"⟩{PK}  ‖ apt-get install -y gcc-$V "$PK"',
        ],
    ),
    (
        'V=1.2; apt-get install gcc-$V; V=; echo a$V"$V" $V',
        [
            "apt-get install gcc-1.2⟨gcc-$V⟩{V}  ‖ apt-get install gcc-$V",
            'echo a⟨a$V"$V"⟩{V}  ‖ echo a$V"$V" $V',
        ],
    ),
    (
        'echo $PKGS x$PKGS "$PKGS" $E "$E" \'$PK\' \\$PK "\\$PK" $E$PK',
        [
            'echo a⟨$PKGS⟩{PKGS} b⟨$PKGS⟩{PKGS} c⟨$PKGS⟩{PKGS} xa⟨x$PKGS⟩{PKGS} b⟨x$PKGS⟩{PKGS} c⟨x$PKGS⟩{PKGS} \'a b  c\'⟨"$PKGS"⟩{PKGS} \'\'⟨"$E"⟩{E} $PK⟨\'$PK\'⟩ $PK⟨\\$PK⟩ $PK⟨"\\$PK"⟩ tree⟨$E$PK⟩{E,PK}  ‖ echo $PKGS x$PKGS "$PKGS" $E "$E" \'$PK\' \\$PK "\\$PK" $E$PK',
        ],
    ),
    (
        'export A=b C="d e" D=$(f); echo $A $C $D; unset A; echo [$A]',
        [
            "f  ‖ f",
            'export A=b \'C=d e\'⟨C="d e"⟩ ~D=$(f) inputs=f  ‖ export A=b C="d e" D=$(f)',
            "echo b⟨$A⟩{A} d⟨$C⟩{C} e⟨$C⟩{C} ~$D{D}  ‖ echo $A $C $D",
            "unset A  ‖ unset A",
            "echo []⟨[$A]⟩{A}  ‖ echo [$A]",
        ],
    ),
    (
        'X=$(mktemp -d); U=https://h/$PK/$ARCH.tgz; curl $X "$U" ${U##*/}',
        [
            "mktemp -d  ‖ mktemp -d",
            'curl ~$X{X} ~https://h/tree/$ARCH.tgz⟨"$U"⟩{U,PK,ARCH} ~${U##*/}{U}  ‖ curl $X "$U" ${U##*/}',
        ],
    ),
    (
        "echo ${PK:-a} ${E:-b} ${E-c} ${NO:-d} ${PK:+e} ${E:+f} ${E:=g} $E ${PK:?h} ${NO:?i}",
        [
            "echo tree⟨${PK:-a}⟩{PK} b⟨${E:-b}⟩{E} ~${NO:-d}{NO} e⟨${PK:+e}⟩{PK} g⟨${E:=g}⟩{E} g⟨$E⟩{E} tree⟨${PK:?h}⟩{PK} ~${NO:?i}{NO}  ‖ echo ${PK:-a} ${E:-b} ${E-c} ${NO:-d} ${PK:+e} ${E:+f} ${E:=g} $E ${PK:?h} ${NO:?i}",
        ],
    ),
    (
        "echo ${P##*/} ${P#*/} ${P%%.*} ${P%.*} ${P/x/q} ${P//[.\\/]/-} ${P/#\\/x/r} ${P/%gz/xz} ${#P} ${P:1:3} ${P:2} ${PK^^} ${PK^} ${P/$PK/} ${P#$NO}",
        [
            "echo y.tar.gz⟨${P##*/}⟩{P} x/y.tar.gz⟨${P#*/}⟩{P} /x/y⟨${P%%.*}⟩{P} /x/y.tar⟨${P%.*}⟩{P} /q/y.tar.gz⟨${P/x/q}⟩{P} -x-y-tar-gz⟨${P//[.\\/]/-}⟩{P} r/y.tar.gz⟨${P/#\\/x/r}⟩{P} /x/y.tar.xz⟨${P/%gz/xz}⟩{P} 11⟨${#P}⟩{P} x/y⟨${P:1:3}⟩{P} /y.tar.gz⟨${P:2}⟩{P} TREE⟨${PK^^}⟩{PK} Tree⟨${PK^}⟩{PK} /x/y.tar.gz⟨${P/$PK/}⟩{P} ~${P#$NO}{P}  ‖ echo ${P##*/} ${P#*/} ${P%%.*} ${P%.*} ${P/x/q} ${P//[.\\/]/-} ${P/#\\/x/r} ${P/%gz/xz} ${#P} ${P:1:3} ${P:2} ${PK^^} ${PK^} ${P/$PK/} ${P#$NO}",
        ],
    ),
    (
        'for p in a $PKGS "d e"; do apt-get install $p; done',
        [
            "apt-get install a⟨$p⟩{p}  ‖ apt-get install $p",
            "apt-get install a⟨$p⟩{p,PKGS}  ‖ apt-get install $p",
            "apt-get install b⟨$p⟩{p,PKGS}  ‖ apt-get install $p",
            "apt-get install c⟨$p⟩{p,PKGS}  ‖ apt-get install $p",
            "apt-get install d⟨$p⟩{p} e⟨$p⟩{p}  ‖ apt-get install $p",
        ],
    ),
    (
        "for f in *.sh; do sh $f; done; for g in a $NO; do b $g; done; for h; do c $h; done",
        [
            "?sh ~*.sh⟨$f⟩{f}  ‖ sh $f",
            "b a⟨$g⟩{g}  ‖ b $g",
            "?b ~$g{g}  ‖ b $g",
            "?c ~$h{h}  ‖ c $h",
        ],
    ),
    (
        "for ((i=0;i<3;i++)); do a $i; done; select s in a b; do c $s; done",
        [
            "?a ~$i{i}  ‖ a $i",
            "?c ~$s{s}  ‖ c $s",
        ],
    ),
    (
        "i=0; while [ $i -lt 3 ]; do a $i; i=$((i+1)); done; echo $i",
        [
            "[ ~$i{i} -lt 3 ]  ‖ [ $i -lt 3 ]",
            "?a ~$i{i}  ‖ a $i",
            "echo ~$i{i}  ‖ echo $i",
        ],
    ),
    (
        "while read l; do a $l; done < f; cat g | while read m; do b $m; done",
        [
            "read l <f  ‖ read l",
            "?a ~$l{l} <f  ‖ a $l",
            "cat g  ‖ cat g",
            "read m input=cat  ‖ read m",
            "?b ~$m{m} input=cat  ‖ b $m",
        ],
    ),
    (
        "if a $PK; then V=1; b; elif c; then V=2; else V=3; exit 1; fi; d $V",
        [
            "a tree⟨$PK⟩{PK}  ‖ a $PK",
            "?b  ‖ b",
            "?c  ‖ c",
            "?exit 1  ‖ exit 1",
            "d ~$V{V}  ‖ d $V",
        ],
    ),
    (
        'if [ -z "$X" ]; then exit 1; fi; V=1; if a; then V=1; fi; b $V',
        [
            '[ -z ~$X⟨"$X"⟩{X} ]  ‖ [ -z "$X" ]',
            "?exit 1  ‖ exit 1",
            "a  ‖ a",
            "b 1⟨$V⟩{V}  ‖ b $V",
        ],
    ),
    (
        "case $PK in a) V=1; b;; *) exit 1;; esac; c $V",
        [
            "?b  ‖ b",
            "?exit 1  ‖ exit 1",
            "c ~$V{V}  ‖ c $V",
        ],
    ),
    (
        "[ -f x ] && a && cd /y && b; c; test -d d || e || f; g",
        [
            "[ -f x ]  ‖ [ -f x ]",
            "?a  ‖ a",
            "?cd /y  ‖ cd /y",
            "?b in /y  ‖ b",
            "c in None  ‖ c",
            "test -d d in None  ‖ test -d d",
            "?e in None  ‖ e",
            "?f in None  ‖ f",
            "g in None  ‖ g",
        ],
    ),
    (
        "a && b && c || d && e",
        [
            "a  ‖ a",
            "b  ‖ b",
            "c  ‖ c",
            "?d  ‖ d",
            "e  ‖ e",
        ],
    ),
    (
        "command -v a >/dev/null && b; which c || d; ! e && f; grep -q x y && g; [[ -f h ]] && i",
        [
            "command -v a >/dev/null  ‖ command -v a >/dev/null",
            "?b  ‖ b",
            "which c  ‖ which c",
            "?d  ‖ d",
            "e  ‖ e",
            "?f  ‖ f",
            "grep -q x y  ‖ grep -q x y",
            "?g  ‖ g",
            "?i  ‖ i",
        ],
    ),
    (
        "false || V=1; echo $V; W=2; a || W=3; b $W",
        [
            "false  ‖ false",
            "echo ~$V{V}  ‖ echo $V",
            "a  ‖ a",
            "b ~$W{W}  ‖ b $W",
        ],
    ),
    (
        "a || { b; exit 1; }; c || (d; cd /e); f",
        [
            "a  ‖ a",
            "?b  ‖ b",
            "?exit 1  ‖ exit 1",
            "c  ‖ c",
            "?d  ‖ d",
            "?cd /e  ‖ cd /e",
            "f  ‖ f",
        ],
    ),
    (
        "cd /a && b; cd c; (cd d && e); f; cd; g; cd /h; cd - ; i; cd $NO/x; j; pushd /k; l; popd; m",
        [
            "cd /a  ‖ cd /a",
            "b in /a  ‖ b",
            "cd c in /a  ‖ cd c",
            "cd d in /a/c  ‖ cd d",
            "e in /a/c/d  ‖ e",
            "f in /a/c  ‖ f",
            "cd in /a/c  ‖ cd",
            "g in None  ‖ g",
            "cd /h in None  ‖ cd /h",
            "cd - in /h  ‖ cd -",
            "i in None  ‖ i",
            "cd ~$NO/x{NO} in None  ‖ cd $NO/x",
            "j in None  ‖ j",
            "pushd /k in None  ‖ pushd /k",
            "l in /k  ‖ l",
            "popd in /k  ‖ popd",
            "m in None  ‖ m",
        ],
    ),
    (
        "cd a || exit 1; b; mkdir c && cd $_; d",
        [
            "cd a  ‖ cd a",
            "?exit 1 in /w/a  ‖ exit 1",
            "b in /w/a  ‖ b",
            "mkdir c in /w/a  ‖ mkdir c",
            "cd ~$_{_} in /w/a  ‖ cd $_",
            "d in None  ‖ d",
        ],
    ),
    (
        'f() { a "$1" $# "$@" "$*"; shift; b $@; }; f x "y z"; f() { c; }; f; g() { g; }; g',
        [
            '?a x⟨"$1"⟩{1} 2⟨$#⟩{#} x⟨"$@"⟩{@} \'y z\'⟨"$@"⟩{@} \'x y z\'⟨"$*"⟩{*}  ‖ a "$1" $# "$@" "$*"',
            "?shift  ‖ shift",
            "?b y⟨$@⟩{@} z⟨$@⟩{@}  ‖ b $@",
            "?c  ‖ c",
            "?g  ‖ g",
        ],
    ),
    (
        'set -eux; set -- a "b c"; d "$@" $2; shift; e $1 ${1:-f} $9',
        [
            "set -eux  ‖ set -eux",
            'set -- a \'b c\'⟨"b c"⟩  ‖ set -- a "b c"',
            'd a⟨"$@"⟩{@} \'b c\'⟨"$@"⟩{@} b⟨$2⟩{2} c⟨$2⟩{2}  ‖ d "$@" $2',
            "shift  ‖ shift",
            "e b⟨$1⟩{1} c⟨$1⟩{1} b⟨${1:-f}⟩{1} c⟨${1:-f}⟩{1}  ‖ e $1 ${1:-f} $9",
        ],
    ),
    (
        "local a=b; readonly C=d; declare -a e=(f g); typeset h; echo $a $C $e $h",
        [
            "local a=b  ‖ local a=b",
            "readonly C=d  ‖ readonly C=d",
            "declare -a ~'e=(f g)'  ‖ declare -a e=(f g)",
            "typeset h  ‖ typeset h",
            "echo b⟨$a⟩{a} d⟨$C⟩{C} ~$e{e} ~$h{h}  ‖ echo $a $C $e $h",
        ],
    ),
    (
        "printf -v A x; read B < c; mapfile D; let i=1; echo $A $B $D $i",
        [
            "printf -v A x  ‖ printf -v A x",
            "read B <c  ‖ read B < c",
            "mapfile D  ‖ mapfile D",
            "let i=1  ‖ let i=1",
            "echo ~$A{A} ~$B{B} ~$D{D} ~$i{i}  ‖ echo $A $B $D $i",
        ],
    ),
    (
        'a=(x "y z" $NO); a+=(w $(q)); b "${a[@]}" ${a[*]} $a "${a[0]}" "${a[*]}"; c+=d; e+=f; a[1]=z; g ${a[@]}',
        [
            "q  ‖ q",
            'b x⟨"${a[@]}"⟩{a,NO} \'y z\'⟨"${a[@]}"⟩{a,NO} ~$NO⟨"${a[@]}"⟩{a,NO} w⟨"${a[@]}"⟩{a,NO} ~$(q)⟨"${a[@]}"⟩{a,NO} x⟨${a[*]}⟩{a,NO} y⟨${a[*]}⟩{a,NO} z⟨${a[*]}⟩{a,NO} ~$NO⟨${a[*]}⟩{a,NO} w⟨${a[*]}⟩{a,NO} ~$(q)⟨${a[*]}⟩{a,NO} x⟨$a⟩{a,NO} ~${a[0]}⟨"${a[0]}"⟩{a} ~\'x y z $NO w $(q)\'⟨"${a[*]}"⟩{a,NO}  ‖ b "${a[@]}" ${a[*]} $a "${a[0]}" "${a[*]}"',
            "g ~${a[@]}{a}  ‖ g ${a[@]}",
        ],
    ),
    (
        "A=b C=\"$PK\" env -u X D=e make F=g; A=b; A=c sh -c 'echo $A'; echo $A",
        [
            'env> A=b C=tree⟨"$PK"⟩{PK} D=e⟨D=e⟩ make F=g  ‖ make F=g',
            "sh> echo c⟨$A⟩{A}  ‖ echo $A",
            "echo b⟨$A⟩{A}  ‖ echo $A",
        ],
    ),
    (
        "a | b | c; { d; e; } | f; g | (h; i | j)",
        [
            "a  ‖ a",
            "b input=a  ‖ b",
            "c input=b  ‖ c",
            "d  ‖ d",
            "e  ‖ e",
            "f input=e  ‖ f",
            "g  ‖ g",
            "h input=g  ‖ h",
            "i input=g  ‖ i",
            "j input=i  ‖ j",
        ],
    ),
    (
        'a > /b 2>&1 < c >> "d$NO" 2>e; { f; g; } > /h; > i',
        [
            'a >/b 2>&1 <c >>~d$NO⟨"d$NO"⟩{NO} 2>e  ‖ a > /b 2>&1 < c >> "d$NO" 2>e',
            "f >/h  ‖ f",
            "g >/h  ‖ g",
            ">i  ‖ > i",
        ],
    ),
    (
        'cat <<< "a $PK"; tr a b <<< $NO',
        [
            'cat text=\'a tree\'⟨"a $PK"⟩{PK}  ‖ cat <<< "a $PK"',
            "tr a b text=~$NO{NO}  ‖ tr a b <<< $NO",
        ],
    ),
    (
        'curl $(get url) -o >(x) <(y | z); a "$(b "$(c)")" `d`; V=$(e f) g; h > $(i); ${j:-$(k)}',
        [
            "get url  ‖ get url",
            "x  ‖ x",
            "y  ‖ y",
            "z input=y  ‖ z",
            "curl ~'$(get url)' -o ~>(x) ~'<(y | z)' inputs=get,x,y,z  ‖ curl $(get url) -o >(x) <(y | z)",
            "c  ‖ c",
            'b ~$(c)⟨"$(c)"⟩ inputs=c  ‖ b "$(c)"',
            "d  ‖ d",
            'a ~\'$(b "$(c)")\'⟨"$(b "$(c)")"⟩ ~`d` inputs=c,b,d  ‖ a "$(b "$(c)")" `d`',
            "e f  ‖ e f",
            "V=~'$(e f)' g inputs=e  ‖ V=$(e f) g",
            "i  ‖ i",
            "h >~$(i) inputs=i  ‖ h > $(i)",
            "k  ‖ k",
            "~${j:-$(k)}{j} () inputs=k  ‖ ${j:-$(k)}",
        ],
    ),
    (
        "sudo -E -u x A=b apt-get install c; sudo -i; sudo -uroot -- d; sudo -D /e f; doas -u g h",
        [
            "sudo> A=b⟨A=b⟩ apt-get install c  ‖ apt-get install c",
            "sudo -i  ‖ sudo -i",
            "sudo> d  ‖ d",
            "sudo> f in /e  ‖ f",
            "doas> h  ‖ h",
        ],
    ),
    (
        "env; env A=b; env -i -C /a B=c d; env - e; /usr/bin/env python3 f",
        [
            "env  ‖ env",
            "env A=b  ‖ env A=b",
            "env> B=c⟨B=c⟩ d in /a  ‖ d",
            "env> e  ‖ e",
            "env> python3 f  ‖ python3 f",
        ],
    ),
    (
        "time -p a; time b; exec c; exec 2>d; nice -n 5 e; nice -5 f; nohup g & ionice -c2 -n 7 h",
        [
            "time> a  ‖ a",
            "time> b  ‖ b",
            "exec> c  ‖ c",
            "exec 2>d  ‖ exec 2>d",
            "nice> e  ‖ e",
            "nice> f  ‖ f",
            "nohup> g  ‖ g",
            "ionice> h  ‖ h",
        ],
    ),
    (
        "timeout -k 5 10s a; timeout --signal=9 1 b; stdbuf -oL c; command d; command -v e; builtin f; chroot /g h; gosu i j k; su-exec l m; setpriv --reuid=1 n; busybox wget o; busybox --install p; setsid -w q",
        [
            "timeout> a  ‖ a",
            "timeout> b  ‖ b",
            "stdbuf> c  ‖ c",
            "command> d  ‖ d",
            "command -v e  ‖ command -v e",
            "builtin> f  ‖ f",
            "chroot> h  ‖ h",
            "gosu> j k  ‖ j k",
            "su-exec> m  ‖ m",
            "setpriv> n  ‖ n",
            "busybox> wget o  ‖ wget o",
            "busybox --install p  ‖ busybox --install p",
            "setsid> q  ‖ q",
        ],
    ),
    (
        "conda run -n a b c; conda run --no-capture-output -p /d e; conda install f; micromamba run -n g h; mamba run",
        [
            "conda> b c  ‖ b c",
            "conda> e  ‖ e",
            "conda install f  ‖ conda install f",
            "micromamba> h  ‖ h",
            "mamba run  ‖ mamba run",
        ],
    ),
    (
        'sh -c "a $PK \'b c\' $NO"; bash -lc \'d e\'; bash -exc "cd /f && g"; bash -o pipefail -c \'h | i\'; sh -c; sh j.sh k; bash --rcfile l -c m; bash +x -c \'n "$@"\' o p "q r"; sh -c "$NO"; sh -c $PKGS',
        [
            "sh> a tree⟨$PK⟩{PK} 'b c'⟨'b c'⟩ ~$NO{NO}  ‖ a $PK 'b c' $NO",
            "bash> d e  ‖ d e",
            "bash> cd /f  ‖ cd /f",
            "bash> g in /f  ‖ g",
            "bash> h  ‖ h",
            "bash> i input=h  ‖ i",
            "sh -c  ‖ sh -c",
            "sh j.sh k  ‖ sh j.sh k",
            "bash> m  ‖ m",
            'bash> n p⟨"$@"⟩{@} \'q r\'⟨"$@"⟩{@}  ‖ n "$@"',
            "sh> ~$NO{NO} ()  ‖ $NO",
            "sh> a⟨$PKGS⟩{PKGS}  ‖ $PKGS",
        ],
    ),
    (
        'sh -c "a $(b) \'c $(d)\' \\$(e)"; sh -c \'sh -c "f \\"g h\\""\'',
        [
            "b  ‖ b",
            "d  ‖ d",
            "sh> e  ‖ e",
            "sh> a ~$(b) ~'c $(d)'⟨'c $(d)'⟩ ~$(e)⟨\\$(e)⟩ inputs=e  ‖ a $(b) 'c $(d)' \\$(e)",
            'sh> sh> f \'g h\'⟨\\"g h\\"⟩  ‖ f \\"g h\\"',
        ],
    ),
    (
        'eval "a $PK" b; eval $PKGS; eval; eval "V=1"; c $V',
        [
            'eval> a tree⟨$PK⟩{PK} b  ‖ a $PK" b',
            "eval> a⟨$PKGS⟩{PKGS} b⟨$PKGS⟩{PKGS} c⟨$PKGS⟩{PKGS}  ‖ $PKGS",
            "eval  ‖ eval",
            "c 1⟨$V⟩{V}  ‖ c $V",
        ],
    ),
    (
        'su - a -c "b c"; su a --command \'d\'; su -s /bin/sh e -c f; su g; runuser -u h i; runuser -l j -c "k"',
        [
            "su> b c  ‖ b c",
            "su> d  ‖ d",
            "su> f  ‖ f",
            "su g  ‖ su g",
            "runuser> i  ‖ i",
            "runuser> k  ‖ k",
        ],
    ),
    (
        "echo a b | xargs c d; echo \"e f\" | xargs -n 1 g; echo h | xargs -I{} i {}.x {}; cat j | xargs -r k; cat l | xargs -I@ m @ n; printf '%s\\n' o p | xargs q; printf 'r\\ns' | xargs t; xargs u <<< \"v w\"; echo $NO | xargs x; xargs -a y z; xargs; echo a | xargs sudo sh -c 'b \"$@\"' _",
        [
            "echo a b  ‖ echo a b",
            "xargs> c d a b input=echo  ‖ c d",
            'echo \'e f\'⟨"e f"⟩  ‖ echo "e f"',
            'xargs> g e⟨"e f"⟩ input=echo  ‖ g',
            'xargs> g f⟨"e f"⟩ input=echo  ‖ g',
            "echo h  ‖ echo h",
            "xargs> i h.x⟨{}.x⟩ h⟨{}⟩ input=echo  ‖ i {}.x {}",
            "cat j  ‖ cat j",
            "xargs> k ~{}⟨xargs⟩ input=cat  ‖ k",
            "cat l  ‖ cat l",
            "xargs> m ~@ n input=cat  ‖ m @ n",
            "printf %s\\n⟨'%s\\n'⟩ o p  ‖ printf '%s\\n' o p",
            "xargs> q o p input=printf  ‖ q",
            "printf r\\ns⟨'r\\ns'⟩  ‖ printf 'r\\ns'",
            "xargs> t r⟨'r\\ns'⟩ s⟨'r\\ns'⟩ input=printf  ‖ t",
            'xargs> u v⟨"v w"⟩ w⟨"v w"⟩  ‖ u <<< "v w"',
            "echo ~$NO{NO}  ‖ echo $NO",
            "xargs> x ~$NO{NO} input=echo  ‖ x",
            "xargs> z ~{}⟨xargs⟩  ‖ z",
            "xargs  ‖ xargs",
            "echo a  ‖ echo a",
            'xargs> sudo> sh> b a⟨"$@"⟩{@} input=echo  ‖ b "$@"',
        ],
    ),
    (
        "find / -name a -exec rm -rf {} +; find b -type f -exec sh -c 'c \"$0\" d' {} \\; -exec e {} \\; -print",
        [
            "find / -name a -exec rm -rf {} +  ‖ find / -name a -exec rm -rf {} +",
            "?find> rm -rf ~{}  ‖ rm -rf {}",
            "find b -type f -exec sh -c 'c \"$0\" d'⟨'c \"$0\" d'⟩ {} ;⟨\\;⟩ -exec e {} ;⟨\\;⟩ -print  ‖ find b -type f -exec sh -c 'c \"$0\" d' {} \\; -exec e {} \\; -print",
            '?find> sh> c ~$0⟨"$0"⟩ d  ‖ c "$0" d',
            "?find> e ~{}  ‖ e {}",
        ],
    ),
    (
        "echo \"a b\" | sh; printf 'c\\nd\\n' | bash -s; curl e | sh; echo $NO | bash; cat f | bash -s -- g",
        [
            'echo \'a b\'⟨"a b"⟩  ‖ echo "a b"',
            'sh> a⟨"a b"⟩ b⟨"a b"⟩ input=echo  ‖ "a b"',
            "printf c\\nd\\n⟨'c\\nd\\n'⟩  ‖ printf 'c\\nd\\n'",
            "bash> c⟨'c\\nd\\n'⟩ input=printf  ‖ 'c\\nd\\n'",
            "bash> d⟨'c\\nd\\n'⟩ input=printf  ‖ 'c\\nd\\n'",
            "curl e  ‖ curl e",
            "sh input=curl  ‖ sh",
            "echo ~$NO{NO}  ‖ echo $NO",
            "bash> ~$NO{NO} () input=echo  ‖ $NO",
            "cat f  ‖ cat f",
            "bash -s -- g input=cat  ‖ bash -s -- g",
        ],
    ),
    (
        'bash <<< "a; b $PK"; a & b & wait; cd /c & d',
        [
            "bash> a  ‖ a",
            "bash> b tree⟨$PK⟩{PK}  ‖ b $PK",
            "a  ‖ a",
            "b  ‖ b",
            "wait  ‖ wait",
            "cd /c  ‖ cd /c",
            "d  ‖ d",
        ],
    ),
    (
        '/opt/$NO/bin/a b; $JAVA/bin/$c d; "$E"; $E a b; ${NO} e; ./f; `g` h',
        [
            "~/opt/$NO/bin/a{NO} (a) b  ‖ /opt/$NO/bin/a b",
            "~$JAVA/bin/$c{JAVA,c} () d  ‖ $JAVA/bin/$c d",
            '\'\'⟨"$E"⟩{E}  ‖ "$E"',
            "a b  ‖ $E a b",
            "~${NO}{NO} () e  ‖ ${NO} e",
            "./f (f)  ‖ ./f",
            "g  ‖ g",
            "~`g` () h inputs=g  ‖ `g` h",
        ],
    ),
    (
        "true; : ; . ./a; source b; [[ $c == d ]] && e; ((f++)); echo $f",
        [
            "true  ‖ true",
            ":  ‖ :",
            ". ./a  ‖ . ./a",
            "source b  ‖ source b",
            "?e  ‖ e",
            "echo ~$f{f}  ‖ echo $f",
        ],
    ),
    (
        'trap "a b" EXIT; a() { b; }; c',
        [
            'trap \'a b\'⟨"a b"⟩ EXIT  ‖ trap "a b" EXIT',
            "c  ‖ c",
        ],
    ),
    (
        "cd -- /a; b; cd --; c; cd -P /d; e; pushd; f; popd; popd; g",
        [
            "cd -- /a  ‖ cd -- /a",
            "b in /a  ‖ b",
            "cd -- in /a  ‖ cd --",
            "c in None  ‖ c",
            "cd -P /d in None  ‖ cd -P /d",
            "e in /d  ‖ e",
            "pushd in /d  ‖ pushd",
            "f in None  ‖ f",
            "popd in None  ‖ popd",
            "popd in /d  ‖ popd",
            "g in None  ‖ g",
        ],
    ),
    (
        "a || b && exit 1; c || { d && exit; }; [ e ] && f && exit 0; g",
        [
            "a  ‖ a",
            "?b  ‖ b",
            "exit 1  ‖ exit 1",
            "c  ‖ c",
            "?d  ‖ d",
            "?exit  ‖ exit",
            "[ e ]  ‖ [ e ]",
            "?f  ‖ f",
            "?exit 0  ‖ exit 0",
            "g  ‖ g",
        ],
    ),
    (
        "while a && b=1 | c; do if d; then e=2; fi; for x in y; do z; done; ((q+=1)); unset r; read; done; echo $b $e $x $q $r",
        [
            "a  ‖ a",
            "c  ‖ c",
            "?d  ‖ d",
            "?z  ‖ z",
            "?unset r  ‖ unset r",
            "?read  ‖ read",
            "echo ~$b{b} ~$e{e} ~$x{x} ~$q{q} ~$r{r}  ‖ echo $b $e $x $q $r",
        ],
    ),
    (
        "while case $A in b) c=1;; esac; do d; done; echo $c",
        [
            "?d  ‖ d",
            "echo ~$c{c}  ‖ echo $c",
        ],
    ),
    (
        "echo ${P#[[:alpha:]/]} ${P%[!a-x]} ${P##[^y]*} ${P/%q/z} ${P/#q/z} ${P//$NO/a} ${P/x/$NO} ${P:x} ${P:1:y} ${P^^x} ${P@Q} ${!P} ${P#`a`}",
        [
            "a  ‖ a",
            "echo /x/y.tar.gz⟨${P#[[:alpha:]/]}⟩{P} /x/y.tar.g⟨${P%[!a-x]}⟩{P} /x/y.tar.gz⟨${P/%q/z}⟩{P} /x/y.tar.gz⟨${P/#q/z}⟩{P} ~${P//$NO/a}{P} ~${P/x/$NO}{P} ~${P:x}{P} ~${P:1:y}{P} ~${P^^x}{P} ~${P@Q}{P} ~${!P}{P} ~${P#`a`}{P} inputs=a  ‖ echo ${P#[[:alpha:]/]} ${P%[!a-x]} ${P##[^y]*} ${P/%q/z} ${P/#q/z} ${P//$NO/a} ${P/x/$NO} ${P:x} ${P:1:y} ${P^^x} ${P@Q} ${!P} ${P#`a`}",
        ],
    ),
    (
        'echo ${@:-a} "$@" "$*" $*; set -- $NO; b "$@" $1; set --; c "$@" "$*" $1; for x; do d $x; done; set -- e f; for y; do g $y; done; shift 2; h $#',
        [
            'echo ~${@:-a}{@} ~$@⟨"$@"⟩{@} ~$*⟨"$*"⟩{*} ~$*{*}  ‖ echo ${@:-a} "$@" "$*" $*',
            "set -- ~$NO{NO}  ‖ set -- $NO",
            'b ~$NO⟨"$@"⟩{@,NO} ~$NO⟨$1⟩{1,NO}  ‖ b "$@" $1',
            "set --  ‖ set --",
            'c \'\'⟨"$*"⟩{*}  ‖ c "$@" "$*" $1',
            "set -- e f  ‖ set -- e f",
            "g e⟨$y⟩{y}  ‖ g $y",
            "g f⟨$y⟩{y}  ‖ g $y",
            "shift 2  ‖ shift 2",
            "h 0⟨$#⟩{#}  ‖ h $#",
        ],
    ),
    (
        'f() { a "$@"; }; f $NO b; set a b; c $1',
        [
            '?a ~$NO⟨"$@"⟩{@,NO} b⟨"$@"⟩{@,NO}  ‖ a "$@"',
            "set a b  ‖ set a b",
            "c a⟨$1⟩{1}  ‖ c $1",
        ],
    ),
    (
        "{ read a; cat; } <<< \"b c\"; while d; do sh; done <<< 'e f'",
        [
            "read a text='b c'⟨\"b c\"⟩  ‖ read a",
            "cat text='b c'⟨\"b c\"⟩  ‖ cat",
            "d text='e f'⟨'e f'⟩  ‖ d",
            "?sh> e f  ‖ e f",
        ],
    ),
    (
        "sh -c ''; eval ''; bash <<< ''; sudo -D /x sh -c 'a'",
        [
            "sudo> sh> a in /x  ‖ a",
        ],
    ),
    (
        "echo -n a | xargs b; printf '%d' 1 | xargs c; printf 'x%%' | xargs d; seq 3 | xargs e; echo a > f | xargs g; echo | xargs h; printf 'a' b | sh; echo \"$PK $NO\" | sh",
        [
            "echo -n a  ‖ echo -n a",
            "xargs> b a input=echo  ‖ b",
            "printf %d⟨'%d'⟩ 1  ‖ printf '%d' 1",
            "xargs> c ~{}⟨xargs⟩ input=printf  ‖ c",
            "printf x%%⟨'x%%'⟩  ‖ printf 'x%%'",
            "xargs> d ~{}⟨xargs⟩ input=printf  ‖ d",
            "seq 3  ‖ seq 3",
            "xargs> e ~{}⟨xargs⟩ input=seq  ‖ e",
            "echo a >f  ‖ echo a > f",
            "xargs> g ~{}⟨xargs⟩ input=echo  ‖ g",
            "echo  ‖ echo",
            "xargs> h ~{}⟨xargs⟩ input=echo  ‖ h",
            "printf a⟨'a'⟩ b  ‖ printf 'a' b",
            "sh input=printf  ‖ sh",
            'echo ~\'tree $NO\'⟨"$PK $NO"⟩{PK,NO}  ‖ echo "$PK $NO"',
            'sh> ~tree⟨"$PK $NO"⟩{PK,NO} ~$NO⟨"$PK $NO"⟩{NO,PK} input=echo  ‖ "$PK $NO"',
        ],
    ),
    (
        "find . -exec; find . -exec \\; ; find -ok a {} \\;",
        [
            "find . -exec  ‖ find . -exec",
            "find . -exec ;⟨\\;⟩  ‖ find . -exec \\;",
            "find -ok a {} ;⟨\\;⟩  ‖ find -ok a {} \\;",
            "?find> a ~{}  ‖ a {}",
        ],
    ),
    (
        'A+=b; echo $A; PKGS+=" d"; echo $PKGS; E+=$NO; echo $E; L="$PK $NO"; echo $L "$L" x$L; M=$L.$PK; echo $M',
        [
            "echo ~$A{A}  ‖ echo $A",
            "echo a⟨$PKGS⟩{PKGS} b⟨$PKGS⟩{PKGS} c⟨$PKGS⟩{PKGS} d⟨$PKGS⟩{PKGS}  ‖ echo $PKGS",
            "echo ~$E{E}  ‖ echo $E",
            'echo tree⟨$L⟩{L,PK,NO} ~$NO⟨$L⟩{L,PK,NO} ~\'tree $NO\'⟨"$L"⟩{L,PK,NO} xtree⟨x$L⟩{L,PK,NO} ~$NO⟨x$L⟩{L,PK,NO}  ‖ echo $L "$L" x$L',
            "echo tree⟨$M⟩{M,L,PK,NO} ~$NO.tree⟨$M⟩{M,L,PK,NO}  ‖ echo $M",
        ],
    ),
    (
        "a() (cd /b; c); a; d; if [ $# -gt 0 ]; then e; fi; ! { f; } && g; (h) && i; ${PK} j",
        [
            "?cd /b  ‖ cd /b",
            "?c in /b  ‖ c",
            "d  ‖ d",
            "[ ~$#{#} -gt 0 ]  ‖ [ $# -gt 0 ]",
            "?e  ‖ e",
            "f  ‖ f",
            "?g  ‖ g",
            "h  ‖ h",
            "i  ‖ i",
            "tree⟨${PK}⟩{PK} j  ‖ ${PK} j",
        ],
    ),
    (
        'echo "${PKGS:-$NO}" ${NO:-$PKGS} ${E:-\'a  b\' $PKGS "c  $PK"} "${E:-a  b}" x${E:-}y',
        [
            "echo 'a b  c'⟨\"${PKGS:-$NO}\"⟩{PKGS} ~${NO:-$PKGS}{NO} 'a  b'⟨${E:-'a  b' $PKGS \"c  $PK\"}⟩{E,PKGS,PK} a⟨${E:-'a  b' $PKGS \"c  $PK\"}⟩{E,PKGS,PK} b⟨${E:-'a  b' $PKGS \"c  $PK\"}⟩{E,PKGS,PK} c⟨${E:-'a  b' $PKGS \"c  $PK\"}⟩{E,PKGS,PK} 'c  tree'⟨${E:-'a  b' $PKGS \"c  $PK\"}⟩{E,PKGS,PK} 'a  b'⟨\"${E:-a  b}\"⟩{E} xy⟨x${E:-}y⟩{E}  ‖ echo \"${PKGS:-$NO}\" ${NO:-$PKGS} ${E:-'a  b' $PKGS \"c  $PK\"} \"${E:-a  b}\" x${E:-}y",
        ],
    ),
    (
        'powershell -Command "Get-Item x"; cmd /c y',
        [
            'powershell -Command \'Get-Item x\'⟨"Get-Item x"⟩  ‖ powershell -Command "Get-Item x"',
            "cmd /c y  ‖ cmd /c y",
        ],
    ),
]

INSTRUCTIONS = [
    (
        'RUN <<EOF\ncd /a\n  apk add $PK "b\nc"\nEOF',
        [
            "cd /a  ‖ cd /a",
            'apk add tree⟨$PK⟩{PK} \'b\\nc\'⟨"b\nc"⟩ in /a  ‖ apk add $PK "b\nc"',
        ],
    ),
    (
        'RUN <<-"EOF"\n\tcd /a\n\t\tapk add $PK\n\tEOF',
        [
            "cd /a  ‖ cd /a",
            "apk add tree⟨$PK⟩{PK} in /a  ‖ apk add $PK",
        ],
    ),
    (
        "RUN <<EOF\n#!/usr/bin/env python3 -u\nprint(1)\nEOF",
        [
            "python3⟨#!/usr/bin/env python3 -u⟩ -u⟨#!/usr/bin/env python3 -u⟩ text='#!/usr/bin/env python3 -u\\nprint(1)\\n'  ‖ #!/usr/bin/env python3 -u\nprint(1)\n",
        ],
    ),
    (
        "RUN <<EOF\n#!/bin/bash -e\na $PK\nEOF",
        [
            "bash> a tree⟨$PK⟩{PK}  ‖ a $PK",
        ],
    ),
    (
        "RUN <<EOF\n#!\na\nEOF",
        [],
    ),
    (
        'RUN python3 <<EOF\nprint("$PK")\nEOF',
        [
            'python3 text=\'print("tree")\\n\'⟨print("$PK")\n⟩{PK}  ‖ python3 <<EOF',
        ],
    ),
    (
        'RUN python3 - a <<"EOF" > b\nprint("$PK")\nEOF',
        [
            'python3 - a >b text=\'print("$PK")\\n\'  ‖ python3 - a <<"EOF" > b',
        ],
    ),
    (
        "RUN bash -ex <<EOF\na $PK \\$PK $NO\n  b\nEOF",
        [
            "bash> a tree⟨$PK⟩{PK} tree⟨\\$PK⟩{PK} ~$NO{NO}  ‖ a $PK \\$PK $NO",
            "bash> b  ‖ b",
        ],
    ),
    (
        "RUN <<EOF bash -ex\na $PK\nEOF",
        [
            "bash> a tree⟨$PK⟩{PK}  ‖ a $PK",
        ],
    ),
    (
        "RUN <<-EOF sh\n\ta\n\t  b $PK c\n\tEOF",
        [
            "sh> a  ‖ a",
            "sh> b tree⟨$PK⟩{PK} c  ‖ b $PK c",
        ],
    ),
    (
        'RUN cat <<EOF > /x && foo <<"B"\nhello $PK $NO $(date)\nEOF\nraw $PK\nB',
        [
            "date  ‖ date",
            "cat >/x text=~'hello tree $NO $(date)\\n'⟨hello $PK $NO $(date)\n⟩{PK,NO} inputs=date  ‖ cat <<EOF > /x",
            "foo text='raw $PK\\n'  ‖ foo <<\"B\"",
        ],
    ),
    (
        "RUN a <<EOF | b\nx\nEOF",
        [
            "a text='x\\n'  ‖ a <<EOF",
            "b input=a  ‖ b",
        ],
    ),
    (
        "RUN 3<<EOF a\nx\nEOF",
        [
            "a  ‖ 3<<EOF a",
        ],
    ),
    (
        "RUN <<A <<B cat\nx\nA\ny\nB",
        [
            "cat text='y\\n'  ‖ <<A <<B cat",
        ],
    ),
    (
        'RUN a && \\\n  # note\n  b "c \\\n  d" \\\n  $PK',
        [
            "a  ‖ a",
            'b \'c   d\'⟨"c \\\n  d"⟩ tree⟨$PK⟩{PK}  ‖ b "c \\\n  d" \\\n  $PK',
        ],
    ),
    (
        'RUN ["a","b c","$PK"]',
        [
            'a⟨"a"⟩ \'b c\'⟨"b c"⟩ $PK⟨"$PK"⟩  ‖ "a","b c","$PK"',
        ],
    ),
    (
        'RUN ["/bin/sh","-c","a $PK && b"]',
        [
            "sh> a tree⟨$PK⟩{PK}  ‖ a $PK",
            "sh> b  ‖ b",
        ],
    ),
    (
        'RUN ["/bin/bash","-o","pipefail","-c","a \\"x\\" | b"]',
        [
            'bash> a⟨"a \\"x\\" | b"⟩ x⟨"a \\"x\\" | b"⟩  ‖ "a \\"x\\" | b"',
            'bash> b⟨"a \\"x\\" | b"⟩ input=a  ‖ "a \\"x\\" | b"',
        ],
    ),
    (
        'CMD ["sudo","-u","x","a"]',
        [
            'sudo> a⟨"a"⟩  ‖ "a"',
        ],
    ),
    (
        "CMD a $PK",
        [
            "a tree⟨$PK⟩{PK}  ‖ a $PK",
        ],
    ),
    (
        'ENTRYPOINT ["a"]',
        [
            'a⟨"a"⟩  ‖ "a"',
        ],
    ),
    (
        "CMD []",
        [],
    ),
    (
        "HEALTHCHECK --interval=5s CMD curl -f http://x || exit 1",
        [
            "curl -f http://x  ‖ curl -f http://x",
            "?exit 1  ‖ exit 1",
        ],
    ),
    (
        'HEALTHCHECK CMD ["a","b"]',
        [
            'a⟨"a"⟩ b⟨"b"⟩  ‖ "a","b"',
        ],
    ),
    (
        "HEALTHCHECK NONE",
        [],
    ),
    (
        "ONBUILD RUN a b",
        [
            "a b  ‖ a b",
        ],
    ),
    (
        "ONBUILD COPY a b",
        [],
    ),
    (
        "COPY a b",
        [],
    ),
    (
        "RUN",
        [],
    ),
    (
        "RUN --mount=type=cache,target=/x a b",
        [
            "a b  ‖ a b",
        ],
    ),
]


@pytest.mark.parametrize(("script", "calls"), SCRIPTS)
def test_script(script: str, calls: list[str]) -> None:
    assert rendered(f"RUN {script}", VARIABLES) == calls


@pytest.mark.parametrize(("instruction", "calls"), INSTRUCTIONS)
def test_instruction(instruction: str, calls: list[str]) -> None:
    assert rendered(instruction, VARIABLES) == calls
