//! A small DNS server, whose answers a case says.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result};
use simple_dns::{
    Packet, PacketFlag, QTYPE, RCODE, ResourceRecord, TYPE,
    rdata::{A, RData},
};

/// Where resolvers ask.
const PORT: u16 = 53;
/// The most bytes of a question.
const MAX_BYTES: usize = 512;
const TIME_TO_LIVE: u32 = 5;

/// What is said to a question.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// The address of this computer; there is none of IPv6.
    Here,
    /// There is no such name.
    NoName,
    /// The name is there, and has no address.
    NoAddress,
    /// It can't be found out.
    Failure,
    /// Nothing.
    Silence,
    /// The answer is too long for a datagram: by TCP it is the address.
    TooLong,
}

/// What is said to a name, and after how long. It is also told how often the name was asked for before.
pub(super) type Rule = fn(&str, usize) -> (Answer, Duration);

/// The server; it ends with its process.
pub(super) struct Dns(Mutex<State>);

struct State {
    rule: Rule,
    /// The names that were asked for, in this order.
    asked: Vec<String>,
}

impl Dns {
    pub(super) fn start(rule: Rule) -> Result<Arc<Self>> {
        let dns = Arc::new(Self(Mutex::new(State { rule, asked: Vec::new() })));
        let datagrams = UdpSocket::bind((Ipv4Addr::LOCALHOST, PORT))?;
        let streams = TcpListener::bind((Ipv4Addr::LOCALHOST, PORT))?;
        let server = dns.clone();
        thread::spawn(move || server.serve_datagrams(&datagrams));
        let server = dns.clone();
        thread::spawn(move || server.serve_streams(&streams));
        Ok(dns)
    }

    /// From here on it answers so; what was asked before is forgotten.
    pub(super) fn answer_by(&self, rule: Rule) {
        *self.state() = State { rule, asked: Vec::new() };
    }

    /// The names that were asked for, each once, in the order of first being asked for.
    pub(super) fn asked(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for name in &self.state().asked {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve_datagrams(self: Arc<Self>, socket: &UdpSocket) -> Result<()> {
        loop {
            let mut question = [0; MAX_BYTES];
            let (length, from) = socket.recv_from(&mut question)?;
            let socket = socket.try_clone()?;
            let dns = self.clone();
            thread::spawn(move || dns.reply(&question[..length], &socket, from));
        }
    }

    fn reply(&self, question: &[u8], socket: &UdpSocket, to: SocketAddr) -> Result<()> {
        if let Some(reply) = self.answered(question, false)? {
            socket.send_to(&reply, to)?;
        }
        Ok(())
    }

    fn serve_streams(&self, listener: &TcpListener) -> Result<()> {
        loop {
            let (mut stream, _) = listener.accept()?;
            self.reply_by_stream(&mut stream)?;
        }
    }

    /// Each message has its length before it (RFC 1035, 4.2.2).
    fn reply_by_stream(&self, stream: &mut TcpStream) -> Result<()> {
        let mut length = [0; 2];
        stream.read_exact(&mut length)?;
        let mut question = vec![0; u16::from_be_bytes(length).into()];
        stream.read_exact(&mut question)?;
        if let Some(reply) = self.answered(&question, true)? {
            stream.write_all(&u16::try_from(reply.len())?.to_be_bytes())?;
            stream.write_all(&reply)?;
        }
        Ok(())
    }

    fn answered(&self, question: &[u8], by_stream: bool) -> Result<Option<Vec<u8>>> {
        let packet = Packet::parse(question)?;
        let asked = packet.questions.first().context("a question asks something")?;
        let name = asked.qname.to_string();
        let is_for_ipv4 = asked.qtype == QTYPE::TYPE(TYPE::A);
        let (answer, after) = {
            let mut state = self.state();
            let before = state.asked.iter().filter(|one| **one == name).count();
            state.asked.push(name.clone());
            (state.rule)(&name, before)
        };
        thread::sleep(after);
        let record = ResourceRecord::new(
            asked.qname.clone(),
            simple_dns::CLASS::IN,
            TIME_TO_LIVE,
            RData::A(A { address: Ipv4Addr::LOCALHOST.into() }),
        );
        let mut reply = packet.into_reply();
        match answer {
            Answer::Silence => return Ok(None),
            Answer::NoName => *reply.rcode_mut() = RCODE::NameError,
            Answer::Failure => *reply.rcode_mut() = RCODE::ServerFailure,
            Answer::TooLong if !by_stream => reply.set_flags(PacketFlag::TRUNCATION),
            Answer::Here | Answer::TooLong if is_for_ipv4 => reply.answers.push(record),
            Answer::Here | Answer::TooLong | Answer::NoAddress => {}
        }
        Ok(Some(reply.build_bytes_vec()?))
    }
}
