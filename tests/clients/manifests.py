#!/usr/bin/env python3
"""manifests.py BIN VENV CASE: packaging/kubernetes and packaging/compose.yaml, held against the schemas that others wrote and
against the built programs. 77: what VENV holds (ci/clients) is not installed."""
import ipaddress
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BIN, VENV, CASE = (pathlib.Path(a).absolute() if n < 2 else a for n, a in enumerate(sys.argv[1:4]))
if not (VENV / "bin/kubectl").exists():
    print("skipped: ci/clients installs what this needs")
    sys.exit(77)
if pathlib.Path(sys.prefix).resolve() != VENV.resolve():
    os.execv(VENV / "bin/python", [str(VENV / "bin/python"), *sys.argv])
import jsonschema  # noqa: E402
import yaml  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGING, DOC = ROOT / "packaging", ROOT / "docs/kubernetes.md"
KUBERNETES = PACKAGING / "kubernetes"
OVERLAYS = ("host-network", "multus")
VERSIONS = ("1.29.0", "1.37.0")  # the oldest with sidecars, and the newest that there is a schema of
OTHERS = {"Cluster", "NetworkAttachmentDefinition"}  # of operators, which have their own schemas
# what CloudNativePG makes for a Cluster of this name
MADE = {"wiregrade-db-app": {"pgpass"}, "wiregrade-db-ca": {"ca.crt"}}
PROGRAMS = ("wiregrade", "wiregrade-target")


def run(*command, status=0, **more):
    done = subprocess.run([*map(str, command)], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False,
                          **more)
    assert done.returncode == status, (command, done.returncode, done.stdout)
    return done.stdout


def render(overlay):
    return run(VENV / "bin/kubectl", "kustomize", KUBERNETES / overlay)


def documents(overlay):
    return [d for d in yaml.safe_load_all(render(overlay)) if d]


def compose():
    return yaml.safe_load((PACKAGING / "compose.yaml").read_text())


def pods(of):
    """(kind's document, pod's spec) of what runs pods."""
    return [(d, d["spec"]["template"]["spec"]) for d in of if d["kind"] in ("Deployment", "DaemonSet")]


def containers(spec):
    return spec.get("initContainers", []) + spec["containers"]


def named(of, kind, name):
    found, = (d for d in of if d["kind"] == kind and d["metadata"]["name"] == name)
    return found


def class_of(of):
    return next(d["data"]["class.yml"] for d in of if d["kind"] == "ConfigMap" and "class.yml" in d["data"])


def schema(overlay):
    """Strictly valid; and the same with one key mistyped is not, or nothing was looked at."""
    text = render(overlay)
    for version, wrong in itertools.product(VERSIONS, (False, True)):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(text.replace("terminationGracePeriodSeconds", "terminationGraceSeconds") if wrong else text)
            file.flush()
            said = run(VENV / "bin/kubernetes-validate", "--strict", "-k", version, file.name, status=int(wrong))
        unknown = set(re.findall(r"Couldn't find schema for kind (\w+)", said))
        assert unknown <= OTHERS, said
        assert wrong or len(re.findall("passed for resource", said)) == len(list(documents(overlay))) - len(unknown), said


def case_schema_host_network():
    schema("host-network")


def case_schema_multus():
    schema("multus")


def case_schema_compose():
    """By the schema in the package docker-compose, which is not imported."""
    file, = VENV.glob("lib/python3*/site-packages/compose/config/compose_spec.json")
    check = jsonschema.Draft7Validator(json.loads(file.read_text()))
    wanted = compose()
    assert not [e.message for e in check.iter_errors(wanted)]
    wanted["services"]["target"]["cap_dropped"] = ["ALL"]
    assert len(list(check.iter_errors(wanted))) == 1


def case_files():
    """Each file is named by its kustomization.yaml, and each that is named is there."""
    for folder in ("base", *OVERLAYS):
        said = yaml.safe_load((KUBERNETES / folder / "kustomization.yaml").read_text())
        wanted = {r for r in said["resources"] if r != "../base"} | {p["path"] for p in said.get("patches", [])}
        wanted |= {f for g in said.get("configMapGenerator", []) for f in g["files"]}
        there = {f.name for f in (KUBERNETES / folder).iterdir()} - {"kustomization.yaml"}
        assert wanted == there, (folder, wanted ^ there)
    assert {f.name for f in KUBERNETES.iterdir()} == {"base", *OVERLAYS}


def told_secrets():
    """{name: keys} of the secrets that the document lets one make."""
    made = re.findall(r"create secret generic (\S+)((?: *\\?\s+--from-file=\S+)+)", DOC.read_text())
    assert made and "--from-literal" not in DOC.read_text()
    return {name: {k.split("=")[0].rsplit("/", 1)[-1] for k in re.findall(r"--from-file=(\S+)", keys)} for name, keys in made}


def sources(volume):
    """(kind, name, keys) of what a volume shows; keys None: all of them."""
    for source in volume.get("projected", {}).get("sources", [volume]):
        for kind in ("secret", "configMap"):
            if of := source.get(kind):
                yield kind, of.get("secretName") or of["name"], {i["key"] for i in of["items"]} if "items" in of else None


def case_names():
    """Secrets are those that the document makes, or the operator; none is unused. What is mounted is there, what is there is mounted."""
    for overlay in OVERLAYS:
        of, used = documents(overlay), set()
        known = {**told_secrets(), **MADE}
        assert not [d for d in of if d["kind"] == "Secret"]
        for document, spec in pods(of):
            mounts = {m["name"] for c in containers(spec) for m in c["volumeMounts"]}
            assert mounts == {v["name"] for v in spec["volumes"]}, (document["metadata"]["name"], mounts)
            for volume in spec["volumes"]:
                for kind, name, keys in sources(volume):
                    there = known[name] if kind == "secret" else set(named(of, "ConfigMap", name)["data"])
                    assert keys is None or keys <= there, (name, keys)
                    used |= {name} if kind == "secret" else set()
        assert used == set(known), used ^ set(known)
        cluster = next(d for d in of if d["kind"] == "Cluster")
        assert {f"{cluster['metadata']['name']}-{end}" for end in ("app", "ca")} == set(MADE)
        database = cluster["spec"]["bootstrap"]["initdb"]
        where = f"@{cluster['metadata']['name']}-rw/{database['database']}?sslmode=verify-full&"
        assert f"postgresql://{database['owner']}{where}" in class_of(of)
        url, = (w for _, spec in pods(of) for c in containers(spec) for w in c["command"] if w.startswith("postgresql://"))
        assert url.startswith(f"postgresql://$(NODE){where}")
        assert all(f"label node {node} " in DOC.read_text() for node in known["wiregrade-ship"])


def selects(labels, pod_labels):
    return set(labels.items()) <= set(pod_labels.items())


def case_selectors():
    """Services, budgets and policies select pods that there are, at ports that these have; the policy's students are the class's."""
    for overlay in OVERLAYS:
        of = documents(overlay)
        labels = [d["spec"]["template"]["metadata"]["labels"] for d, _ in pods(of)] + [{"cnpg.io/cluster": "wiregrade-db"}]
        asked = [d["spec"]["selector"].get("matchLabels", d["spec"]["selector"]) for d in of if d["kind"] in (
            "Service", "PodDisruptionBudget", "Deployment", "DaemonSet")]
        asked += [d["spec"]["podSelector"].get("matchLabels", {}) for d in of if d["kind"] == "NetworkPolicy"]
        ways = (("ingress", "from"), ("egress", "to"))
        asked += [p["podSelector"]["matchLabels"] for d in of if d["kind"] == "NetworkPolicy" for way, end in ways
                  for rule in d["spec"].get(way, []) for p in rule.get(end, []) if "podSelector" in p]
        assert len(asked) >= 9
        for wanted in asked:
            assert any(selects(wanted, l) for l in labels), wanted
        ports = {p["name"] for _, spec in pods(of) for c in spec["containers"] for p in c.get("ports", [])}
        for service in (d for d in of if d["kind"] == "Service"):
            assert all(p["targetPort"] in ports for p in service["spec"]["ports"])
        students = yaml.safe_load(class_of(of))["networks"]["students"]
        rule, = (r for r in named(of, "NetworkPolicy", "serve")["spec"]["ingress"] if r["ports"][0]["port"] == 1109)
        assert [b["ipBlock"]["cidr"] for b in rule["from"]] == students
        budget = next(d for d in of if d["kind"] == "PodDisruptionBudget")["spec"]
        assert budget["minAvailable"] < named(of, "Deployment", "wiregrade-serve")["spec"]["replicas"]
    network = yaml.safe_load(class_of(of))["networks"]
    ipam = json.loads(next(d for d in of if d["kind"] == "NetworkAttachmentDefinition")["spec"]["config"])["ipam"]
    address, = (ipaddress.ip_interface(a["address"]) for a in ipam["addresses"])
    assert str(address.ip) == network["target"] and [r["dst"] for r in ipam["routes"]] == network["students"]


def command_lines():
    """(where, words, paths that are mounted there) of all that is run; a shell's last word is taken apart."""
    for overlay in OVERLAYS:
        for document, spec in pods(documents(overlay)):
            for c in containers(spec):
                yield f"{overlay} {c['name']}", c["command"], [m["mountPath"] for m in c["volumeMounts"]]
    for name, service in compose()["services"].items():
        if service["image"] == "wiregrade":
            yield f"compose {name}", service["command"], [v.split(":")[1] for v in service["volumes"]]


def case_commands():
    """Each command line is one that the programs take, up to the class's file, and names only what is mounted."""
    seen = set()
    for where, words, mounts in command_lines():
        line = words[-1] if words[:2] == ["sh", "-c"] else None
        words = re.sub(r"^exec | 3>\S+$", "", line).split() if line else words
        for word in re.findall(r"(?<![\w.:/-])/[a-z][\w./]*", " ".join(words) + f" {line or ''}"):
            assert any(word == m or word.startswith(m + "/") for m in mounts), (where, word)
        if words[0] not in PROGRAMS:
            run("sh", "-c", 'command -v "$1"', "sh", words[0])
            continue
        assert not os.path.exists("/class")
        more = {"pass_fds": [3]} if line else {}
        if line:
            os.dup2(1, 3)
        if words[1] == "ship":  # once, and what it cannot reach is waited for no longer
            words = [*(w.replace("$(NODE)", "node-1") for w in words), "--once", "--wait", "0"]
        said = run(BIN / words[0], *words[1:], status=4 if words[1] == "ship" else 3, **more)
        assert re.search("/class/class.yml: No such file|there is no such user|wiregrade-db-rw", said), (where, said)
        assert "--no-such-option" in run(BIN / words[0], *words[1:], "--no-such-option", status=2, **more)
        seen.add((words[0], words[1]))
    assert seen == {("wiregrade", "serve"), ("wiregrade", "ship"), ("wiregrade-target", "run")}, seen


def case_probes():
    """Who asks whether the daemon lives has a node's or a bridge's address, which the intake does not hear: it is asked where /metrics is."""
    for overlay in OVERLAYS:
        serve, = (c for _, spec in pods(documents(overlay)) for c in spec["containers"] if c["name"] == "serve")
        ports = {p["name"]: p["containerPort"] for p in serve["ports"]}
        heard = serve["command"][serve["command"].index("--metrics") + 1]
        for probe in ("livenessProbe", "readinessProbe"):
            asked = serve[probe]["httpGet"]
            assert asked["path"] == "/livez" and heard == f"0.0.0.0:{ports[asked['port']]}", (probe, asked)
    serve = compose()["services"]["serve"]
    assert serve["network_mode"] == "host" and "ports" not in serve
    port = re.search(r"/127\.0\.0\.1/(\d+) .*GET /livez ", " ".join(serve["healthcheck"]["test"])).group(1)
    assert "--metrics" not in serve["command"] and f"(default: 127.0.0.1:{port})" in run(BIN / "wiregrade", "serve", "--help")


def place(scratch, of):
    """What the daemon's pod has mounted, in a folder; what its class.yml names, there. Returns the environment."""
    text = class_of(of)
    text = text.replace("course: /usr/share/wiregrade/challenges", f"course: {ROOT / 'challenges'}")
    text = text.replace("/database/", f"{scratch}/database/")
    run(BIN / "wiregrade", "init", scratch / "made", "--course", ROOT / "challenges")
    for folder in ("class", "credentials"):
        (scratch / folder).mkdir()
    (scratch / "class/class.yml").write_text(text)
    (scratch / "class/roster.csv").write_text("handle,name,email\nsmith,Smith,smith@example.org\n")
    (scratch / "made/course.key").rename(scratch / "credentials/course.key")
    (scratch / "credentials/course.key").chmod(0o440)  # as fsGroup makes a secret's files
    return {**os.environ, "CREDENTIALS_DIRECTORY": str(scratch / "credentials")}


def case_class():
    """The class that the pods share is one that the programs take; its key comes from where the secret is mounted, and its roster."""
    of = documents("host-network")
    serve, = (c for _, spec in pods(of) for c in spec["containers"] if c["name"] == "serve")
    env = {e["name"]: e.get("value") for e in serve["env"]}
    mounts = {m["mountPath"]: m["name"] for m in serve["volumeMounts"]}
    assert env["CREDENTIALS_DIRECTORY"] in mounts and env["PGPASSFILE"].rsplit("/", 1)[0] in mounts
    said, keys = yaml.safe_load(class_of(of)), told_secrets()
    assert {said["key_file"], said["scoreboard"]["token_file"]} == keys["wiregrade-grader"]
    assert {said["roster"]} == keys["wiregrade-roster"] and {"targets.key"} == keys["wiregrade-targets"]
    assert re.search(r"sslrootcert=(\S+)/ca\.crt$", said["store"]).group(1) in mounts
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        env = place(scratch, of)
        at = ("--class", scratch / "class/class.yml")
        assert " 0 errors" in run(BIN / "wiregrade", "lint", *at, env=env)
        assert "flag{" in run(BIN / "wiregrade", "flag", "mint", *at, "smith", "stream-sender", env=env)
        assert "jones" in run(BIN / "wiregrade", "flag", "mint", *at, "jones", "stream-sender", env=env, status=3)
        (scratch / "credentials/course.key").unlink()
        assert "course.key" in run(BIN / "wiregrade", "flag", "mint", *at, "smith", "stream-sender", env=env, status=3)


def case_rights():
    """Only the targets begin as root, with the same capabilities everywhere; nobody may get more, or write to the image."""
    users = dict(re.findall(r"--uid (\d+) .*?(wiregrade-\w+)", (PACKAGING / "Containerfile").read_text()))
    assert users == {"901": "wiregrade-grader", "902": "wiregrade-target"}, users
    wanted = set(re.search(r"--cap-add (\S+)", (PACKAGING / "Containerfile").read_text()).group(1).split(","))
    for overlay in OVERLAYS:
        for document, spec in pods(documents(overlay)):
            assert spec["automountServiceAccountToken"] is False and spec["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
            for c in containers(spec):
                rights, pod = c["securityContext"], spec["securityContext"]
                assert rights["allowPrivilegeEscalation"] is False and rights["readOnlyRootFilesystem"] is True
                assert rights["capabilities"]["drop"] == ["ALL"] and "limits" in c["resources"]
                added = set(rights["capabilities"].get("add", []))
                assert added == (wanted if c["name"] == "target" else {"CHOWN"} if c["name"] == "journals" else set()), c["name"]
                user = rights.get("runAsUser", pod.get("runAsUser"))
                assert str(user) in users or added, (c["name"], user)
    for name, service in compose()["services"].items():
        if service["image"] == "wiregrade":
            assert service["cap_drop"] == ["ALL"] and service["read_only"] and service["security_opt"] == ["no-new-privileges:true"]
            assert set(service.get("cap_add", [])) == (wanted if name == "target" else set()) and ("user" in service) == (name != "target")


globals()["case_" + CASE]()
