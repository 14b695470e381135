window.YTD.follower.part0 = [
  { "follower" : { "accountId" : "501", "userLink" : "https://twitter.com/intent/user?user_id=501" } },
  { "follower" : { "accountId" : "502", "userLink" : "https://twitter.com/intent/user?user_id=502" } },
  { "follower" : { "accountId" : "503", "userLink" : "https://twitter.com/intent/user?user_id=503" } }
]
