package accession

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// writeFile writes a file below a hidden folder and makes it durable.
func writeFile(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return bare(err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return bare(errors.Join(err, f.Close()))
}

// bare says what cannot be written without the hidden names above it, which
// mean nothing to a reader.
func bare(err error) error {
	var pe *fs.PathError
	var le *os.LinkError
	switch {
	case errors.As(err, &pe):
		return fmt.Errorf("%s cannot be written: %w", visible(pe.Path), pe.Err)
	case errors.As(err, &le):
		return fmt.Errorf("%s cannot be written: %w", visible(le.New), le.Err)
	}
	return err
}

// visible is the end of a path that stands below all that is hidden; of the
// hidden folder itself it is where that stands.
func visible(name string) string {
	name = filepath.ToSlash(name)
	_, below, ok := strings.Cut(name, "/"+hidden)
	if !ok {
		return filepath.Base(name)
	}
	if _, file, ok := strings.Cut(below, "/"); ok {
		return file
	}
	return "content/"
}
