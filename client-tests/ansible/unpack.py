"""Unpacks the collection amazon.aws from Ansible's package of all collections: unpack.py WHEEL FOLDER"""

import sys
import zipfile

wheel, folder = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    prefix = "ansible_collections/amazon/aws/"
    names = [name for name in archive.namelist() if name.startswith(prefix)]
    assert names, f"no {prefix} in {wheel}"
    archive.extractall(folder, names)
