"""Whether the file system under a folder tells of changes that others make."""

from __future__ import annotations

import re
from pathlib import Path

_SILENT = re.compile(
    r"(nfs4?|cifs|smb3|smbfs|9p|afs|ceph|vboxsf|prl_fs|vmhgfs|drvfs|virtiofs|lustre|gpfs|beegfs|davfs|fakeowner"
    r"|fuse\.(sshfs|rclone|s3fs|gcsfuse|glusterfs|vmhgfs-fuse|grpcfuse|osxfs|davfs2?|smbnetfs|juicefs))\Z"
)
_ESCAPED = re.compile(r"\\([0-7]{3})")
_FIELDS = 3


def silent(root: str, mounts: str) -> str | None:
    """The type of the file system that ``root`` lies on if it gives no events; ``mounts`` as in /proc/mounts."""
    kind, depth = "", -1
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < _FIELDS:
            continue
        point = _ESCAPED.sub(lambda match: chr(int(match[1], 8)), fields[1]).rstrip("/")
        # A later mount at the same place hides the earlier one.
        if (root == point or root.startswith(point + "/")) and len(point) >= depth:
            kind, depth = fields[2], len(point)
    return kind if _SILENT.match(kind) else None


def mounts() -> str:
    """The mounts of this machine; empty where the system does not tell."""
    try:
        return Path("/proc/self/mounts").read_text("utf-8", "surrogateescape")
    except OSError:
        return ""
