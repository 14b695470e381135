window.YTD.following.part0 = [
  { "following" : { "accountId" : "601", "userLink" : "https://twitter.com/intent/user?user_id=601" } }
]
