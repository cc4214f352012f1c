"""Image and pod, from the files that container runtimes leave."""

import json

from flycatcher.sources.context.runtime_files import container_details

ID = "ab" * 32


def put(root, path, content):
    file = root / path
    file.parent.mkdir(parents=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content))


def test_docker(tmp_path):
    config = {"Name": "/web", "Config": {"Image": "shop/web:1", "Labels": {"io.kubernetes.pod.name": "web-0"}}}
    put(tmp_path, f"var/lib/docker/containers/{ID}/config.v2.json", config)
    assert container_details(ID, tmp_path) == {
        "container.image": "shop/web:1",
        "container.name": "web",
        "kubernetes.pod": "web-0",
    }


def test_containerd_of_kubernetes(tmp_path):
    annotations = {
        "io.kubernetes.cri.image-name": "docker.io/library/redis:7",
        "io.kubernetes.cri.sandbox-name": "cache-0",
        "io.kubernetes.cri.sandbox-namespace": "shop",
    }
    path = f"run/containerd/io.containerd.runtime.v2.task/k8s.io/{ID}/config.json"
    put(tmp_path, path, {"annotations": annotations})
    assert container_details(ID, tmp_path) == {
        "container.image": "docker.io/library/redis:7",
        "kubernetes.namespace": "shop",
        "kubernetes.pod": "cache-0",
    }


def test_podman(tmp_path):
    entry = {"id": ID, "names": ["quiet"], "metadata": json.dumps({"image-name": "quay.io/x/y:2"})}
    put(tmp_path, "var/lib/containers/storage/overlay-containers/containers.json", [{"id": "other"}, entry])
    assert container_details(ID, tmp_path) == {"container.image": "quay.io/x/y:2", "container.name": "quiet"}


def test_nonsense_gives_nothing(tmp_path):
    put(tmp_path, f"var/lib/docker/containers/{ID}/config.v2.json", '{"Config": 7, "Name"')
    put(tmp_path, "var/lib/containers/storage/overlay-containers/containers.json", {"id": ID})
    assert container_details(ID, tmp_path) == {}
    assert container_details("../../etc", tmp_path) == {}
