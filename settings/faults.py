"""What the machine says of a file, in the language of those who read it."""

from __future__ import annotations

import errno

WORDS = {
    errno.ENOENT: "tidak ada", errno.EISDIR: "ini folder, bukan berkas", errno.ENOTDIR: "bukan folder",
    errno.EACCES: "tidak boleh dibuka: periksa pemilik dan izinnya", errno.EPERM: "tidak diizinkan",
    errno.ENOSPC: "ruang disk habis", errno.EDQUOT: "kuota disk habis", errno.EFBIG: "melebihi batas ukuran berkas",
    errno.EROFS: "disk hanya untuk dibaca", errno.EIO: "kesalahan baca/tulis: periksa disk",
    errno.EADDRINUSE: "sudah dipakai proses lain", errno.EADDRNOTAVAIL: "bukan alamat mesin ini",
}


def in_words(error: OSError) -> str:
    """The cause; the system's own words where it is a rare one."""
    return WORDS.get(error.errno or 0) or error.strerror or str(error)
