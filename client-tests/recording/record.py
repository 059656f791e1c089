"""Records a terminal session with the emulator, as an animated SVG on standard output.

The commands run: the program that KMS_EMULATOR names serves them, and `aws` and `openssl` are on the PATH. The emulator
is deterministic and its clock stands still, so each recording is the same.
"""

import itertools
import os
import re
import subprocess
import sys
import tempfile
from html import escape

ADDRESS = "127.0.0.1:4599"
# Ends what a command prints.
MARK = "-- end --"
START = "2026-01-01T00:00:00Z"

# What is typed. The first line starts the emulator; the setup of the environment is not shown.
COMMANDS = [
    "export AWS_ENDPOINT_URL_KMS=http://127.0.0.1:4599",
    "KEY=$(aws kms create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY \\\n"
    "    --query KeyMetadata.KeyId --output text); echo $KEY",
    "echo 'a message' > message",
    "aws kms sign --key-id $KEY --message fileb://message --signing-algorithm ECDSA_SHA_256 \\\n"
    "    --query Signature --output text | base64 --decode > signature",
    "aws kms verify --key-id $KEY --message fileb://message --signature fileb://signature \\\n"
    "    --signing-algorithm ECDSA_SHA_256 --query SignatureValid",
    "aws kms schedule-key-deletion --key-id $KEY --pending-window-in-days 7 --query KeyState",
    "curl -X PUT -H 'X-Emulator-Token: x' $AWS_ENDPOINT_URL_KMS/_emulator/clock \\\n"
    "    -d '{\"advance\": \"8d\"}'",
    "aws kms describe-key --key-id $KEY",
]

WIDTH, LINE_HEIGHT, LETTER_WIDTH, MARGIN, TOP = 94, 20, 8.43, 16, 44
TYPING, PAUSE, END = 0.035, 0.9, 5.0  # Seconds: a letter, after a command, before it starts again.


def run_all():
    """Each command with what it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KMS_", "AWS_"))}
    environment |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    environment |= {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_PAGER": ""}
    options = ["--port", "0", "--temporary", "--deterministic", "recording", "--log-level", "off"]
    server = subprocess.Popen([os.environ["KMS_EMULATOR"], *options], env=environment, stdout=subprocess.PIPE, text=True)
    with server, tempfile.TemporaryDirectory() as folder:
        ready = server.stdout.readline().strip()
        address = re.search(r"http://(\S+)", ready)[1]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        bash = subprocess.Popen(["bash"], cwd=folder, env=environment, text=True, **pipes)

        def run(command):
            bash.stdin.write(f"{command.replace(ADDRESS, address)}\necho {MARK}\n")
            bash.stdin.flush()
            lines = itertools.takewhile(lambda line: line.strip() != MARK, iter(bash.stdout.readline, ""))
            printed = "".join(lines)
            return printed.replace(address, ADDRESS).strip("\n")

        with bash:
            run("curl() { command curl --silent --show-error --write-out '\\n' \"$@\"; }")
            run(f"""curl -X PUT -H 'X-Emulator-Token: x' http://{ADDRESS}/_emulator/clock \\
                -d '{{"now": "{START}", "frozen": true}}'""")
            yield "kms-emulator --temporary &", ready.replace(address, ADDRESS)
            for command in COMMANDS:
                yield command, run(command)
            bash.stdin.close()
        server.terminate()


def wrap(text):
    return [line[start:start + WIDTH] for line in text.splitlines() for start in range(0, max(len(line), 1), WIDTH)]


def draw(session):
    """The lines one below the other; each appears when its time has come."""
    shown, rules, moment, row = [], [], 0.5, 0
    for command, printed in session:
        for number, line in enumerate(command.splitlines()):
            prompt = "$ " if number == 0 else "  "
            length = len(prompt + line)
            shown.append((row, moment, "c", prompt + line, length * TYPING))
            moment += length * TYPING
            row += 1
        moment += 0.2
        for line in wrap(printed):
            shown.append((row, moment, "o", line, 0))
            row += 1
        moment += PAUSE
    whole = moment + END
    height = TOP + row * LINE_HEIGHT + MARGIN
    width = round(2 * MARGIN + WIDTH * LETTER_WIDTH)
    body = []
    for row, moment, kind, line, typing in shown:
        start, end = 100 * moment / whole, 100 * (moment + max(typing, 0.01)) / whole
        name = f"l{row}"
        # A clip that widens letter by letter, or at once.
        steps = f"steps({len(line)})" if typing else "step-end"
        rules.append(
            f"@keyframes {name}{{0%,{start:.2f}%{{clip-path:inset(0 100% 0 0);animation-timing-function:{steps}}}"
            f"{end:.2f}%,100%{{clip-path:inset(0 0 0 0)}}}}.{name}{{animation:{name} {whole:.1f}s infinite}}"
        )
        y = TOP + row * LINE_HEIGHT + 14
        text = escape(line, quote=False)
        body.append(f'<text class="{kind} {name}" x="{MARGIN}" y="{y}" xml:space="preserve">{text}</text>')
    style = (
        "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}"
        ".c{fill:#e6edf3}.o{fill:#7ee787}"
        "@media(prefers-reduced-motion:reduce){text{animation:none!important}}"
    )
    dots = "".join(f'<circle cx="{20 + 20 * i}" cy="20" r="6" fill="{c}"/>' for i, c in enumerate(["#ff5f56", "#ffbd2e", "#27c93f"]))
    title = "A terminal: kms-emulator starts, the AWS CLI creates a key, signs and verifies, and the clock moves past the deletion of the key"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">'
        f"<title>{title}</title><style>{style}{''.join(rules)}</style>"
        f'<rect width="{width}" height="{height}" rx="8" fill="#0d1117"/>{dots}\n' + "\n".join(body) + "\n</svg>\n"
    )


sys.stdout.write(draw(list(run_all())))
