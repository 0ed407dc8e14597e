//! `hcn.exe run` from end to end, under Wine: our computenetwork.dll for the Host Network Service, and stand-ins for
//! containerd with its shim and for a CNI plugin, which write down what happened, in order.

mod build;
mod console;
mod container;
mod detached;
mod doctor;
mod failure;
mod gc;
mod image;
mod journal;
mod lab;
mod nat;
mod network;
mod object;
mod prune;
mod real;
mod stream;
