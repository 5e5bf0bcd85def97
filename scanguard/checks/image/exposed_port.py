from collections.abc import Iterator

from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import ImageScan, Option, Options, Severity, image_check

# The service registry of IANA: https://www.iana.org/assignments/service-names-port-numbers
_PORTS = {
    "21": "FTP",
    "22": "SSH",
    "23": "Telnet",
    "111": "rpcbind",
    "512": "rexec",
    "513": "rlogin",
    "2375": "the Docker API without TLS",
    "3389": "RDP",
    "5900": "VNC",
    "5985": "WinRM",
    "5986": "WinRM",
    "9229": "the Node.js debugger",
    "10250": "the kubelet's API",
}


@image_check(
    "SGI302",
    "exposed-port",
    Severity.MEDIUM,
    equivalents=("DS-0004", "CKV_DOCKER_1"),
    cis=("5.6", "5.7"),
    nist=("4.4.2",),
    cwe=("284",),
    options=(
        Option("allow", (), "Ports that may be exposed though they are in the list, such as `22`."),
        Option("deny", (), "Further ports that may not be exposed, such as `5432` or `53/udp`."),
    ),
)
def check(scan: ImageScan, options: Options) -> Iterator[ImageProblem]:
    """The image exposes a port by which machines are administered or programs are debugged.

    ## What it does

    Looks at the ports of the image's configuration: SSH, Telnet, FTP, RDP, VNC, WinRM, the Docker API without TLS, the
    kubelet, the debugger of Node.js. The options `allow` and `deny` make the list your own.

    ## Why it is bad

    A container is replaced, not administered: a login service in it is one more way in, with accounts and keys of its own.
    A debugger's port lets whoever reaches it run code. `docker run -P` publishes every exposed port.

    ## Example

    ```dockerfile
    FROM node:22-slim
    EXPOSE 8080 9229
    CMD ["node", "--inspect=0.0.0.0:9229", "server.js"]
    ```

    Expose what the program serves:

    ```dockerfile
    FROM node:22-slim
    EXPOSE 8080
    CMD ["node", "server.js"]
    ```

    ## How to fix

    Take the port out of `EXPOSE` and the service out of the image. Use `docker exec` or `kubectl debug` to look inside.

    ## References

    - [EXPOSE](https://docs.docker.com/reference/dockerfile/#expose)
    """
    allow, deny = _words(options, "allow"), _words(options, "deny")
    for port in scan.image.config.ports:
        number, _, protocol = port.partition("/")
        named = {number, port} if "/" in port else {number, f"{number}/tcp"}
        if not allow.isdisjoint(named):
            continue
        service = _PORTS.get(number, "") if protocol in ("", "tcp") else ""
        if not deny.isdisjoint(named):
            message = f"The image exposes port {port}, which the policy denies."
        elif service:
            message = f"The image exposes port {port} ({service})."
        else:
            continue
        yield ImageProblem(message, ImagePlace(setting="EXPOSE", key=port), key=port)


def _words(options: Options, name: str) -> set[str]:
    value = options[name]
    return set(value) if isinstance(value, tuple) else set()
