"""File systems that tell nothing."""

from __future__ import annotations

import pytest

from tui.engine.watching import mounts

MOUNTS = r"""
/dev/vda / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
server:/home /home nfs4 rw,vers=4.2 0 0
tmpfs /home/me/ram tmpfs rw 0 0
C:\134 /mnt/c 9p rw,aname=drvfs;path=C:\ 0 0
me@box: /srv/with\040space fuse.sshfs rw 0 0
share /shared vboxsf rw 0 0
server:/x /over nfs rw 0 0
/dev/vdb /over ext4 rw 0 0
overlay /opt overlay rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("root", "kind"),
    [
        ("/usr/src", None),
        ("/home/me/project", "nfs4"),
        ("/home", "nfs4"),
        ("/homely", None),
        ("/home/me/ram/project", None),
        ("/mnt/c/Users/me", "9p"),
        ("/srv/with space/x", "fuse.sshfs"),
        ("/shared", "vboxsf"),
        ("/over/x", None),
        ("/opt/x", None),
    ],
)
def test_the_mount_that_a_folder_lies_on(root: str, kind: str | None) -> None:
    assert mounts.silent(root, MOUNTS) == kind


def test_a_system_that_does_not_tell_its_mounts() -> None:
    assert mounts.silent("/x", "") is None


def test_the_mounts_of_this_machine_can_be_read() -> None:
    assert mounts.silent("/", mounts.mounts()) is None
