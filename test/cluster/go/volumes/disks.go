package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// minimumBytes is the smallest file system that mkfs.xfs agrees to make.
const minimumBytes = 300 << 20

// disks are XFS file systems in sparse files under a directory, mounted beside them. XFS, because ext4 takes a capability that
// machines in a sandbox lack (CAP_SYS_RESOURCE) to grow while it is mounted.
type disks struct{ directory string }

func (d disks) file(name string) string  { return filepath.Join(d.directory, name+".xfs") }
func (d disks) mount(name string) string { return filepath.Join(d.directory, name) }

// make returns the path of a mounted file system that everybody may write to, whichever user a container runs as.
func (d disks) make(name string, size int64) (string, error) {
	path := d.mount(name)
	if err := os.MkdirAll(path, 0o777); err != nil || mounted(path) {
		return path, err
	}
	if err := extend(d.file(name), size); err != nil {
		return "", err
	}
	if err := command("mkfs.xfs", "-f", "-q", "-K", d.file(name)); err != nil {
		return "", err
	}
	if err := command("mount", "-o", "loop,noatime", d.file(name), path); err != nil {
		return "", err
	}
	return path, os.Chmod(path, 0o777)
}

func (d disks) grow(name string, size int64) error {
	if err := extend(d.file(name), size); err != nil {
		return err
	}
	device, err := exec.Command("findmnt", "--noheadings", "--output", "SOURCE", d.mount(name)).Output()
	if err != nil {
		return fmt.Errorf("%s is not mounted: %w", d.mount(name), err)
	}
	if err := command("losetup", "--set-capacity", strings.TrimSpace(string(device))); err != nil {
		return err
	}
	return command("xfs_growfs", d.mount(name))
}

func (d disks) remove(name string) error {
	if path := d.mount(name); mounted(path) {
		if err := unix.Unmount(path, 0); err != nil {
			return fmt.Errorf("unmount %s: %w", path, err)
		}
	}
	if err := os.Remove(d.mount(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Remove(d.file(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// extend makes the file at least as long as size, without taking the space.
func extend(path string, size int64) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || info.Size() >= size {
		return err
	}
	return file.Truncate(size)
}

func mounted(path string) bool {
	var here, above unix.Stat_t
	return unix.Stat(path, &here) == nil && unix.Stat(filepath.Dir(path), &above) == nil && here.Dev != above.Dev
}

func command(name string, arguments ...string) error {
	if output, err := exec.Command(name, arguments...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(output)))
	}
	return nil
}
