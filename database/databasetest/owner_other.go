//go:build !unix

package databasetest

import "syscall"

// owner leaves dir as it is: nobody is root here.
func owner(string) (*syscall.SysProcAttr, error) { return nil, nil }
